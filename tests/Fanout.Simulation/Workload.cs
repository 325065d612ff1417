namespace Fanout.Simulation;

/// <summary>A random program for orchestrators, as data, so that a model can say what it must come to.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="N">A number whose meaning the kind gives it.</param>
/// <param name="Children">Parts.</param>
public sealed record Workload(WorkKind Kind, int N, IReadOnlyList<Workload> Children)
{
    /// <summary>A random program of at most that depth.</summary>
    public static Workload Generate(Random random, int depth)
    {
        var leaf = depth == 0;
        var kind = leaf
            ? (WorkKind)random.Next((int)WorkKind.Sequence)
            : (WorkKind)random.Next(Enum.GetValues<WorkKind>().Length);
        List<Workload> children = [];
        if (kind >= WorkKind.Sequence)
        {
            var count = kind is WorkKind.Sequence or WorkKind.Parallel ? random.Next(1, 5) : 1;
            for (var i = 0; i < count; i++)
                children.Add(Generate(random, depth - 1));
        }

        return new Workload(kind, random.Next(1, 6), children);
    }
}

/// <summary>What a part of a workload does.</summary>
public enum WorkKind
{
    /// <summary>Calls an activity that takes N x 100 ms.</summary>
    Activity,

    /// <summary>Calls an activity that fails, and catches it.</summary>
    FailingActivity,

    /// <summary>Waits N seconds.</summary>
    Timer,

    /// <summary>Races an activity against a far timer, and cancels the timer.</summary>
    CancelledTimer,

    /// <summary>Two sub-orchestrations, one of which sends N events to the other.</summary>
    Talk,

    /// <summary>Does its parts one after another.</summary>
    Sequence,

    /// <summary>Does its parts at the same time.</summary>
    Parallel,

    /// <summary>Does its part in a sub-orchestration.</summary>
    Sub,

    /// <summary>Does its part in a sub-orchestration that then fails.</summary>
    FailingSub,

    /// <summary>Does its part N times in a sub-orchestration that continues as new after each.</summary>
    Loop,
}
