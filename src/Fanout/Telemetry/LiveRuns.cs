using Fanout.Processing;

namespace Fanout.Telemetry;

/// <summary>The runs that this process works, and what those came to that it has worked: what metrics are read from, whenever somebody asks. Thread-safe.</summary>
/// <remarks>Nothing is counted for it: batches count what they settle anyway.</remarks>
internal static class LiveRuns
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<RunScope> Scopes = [];
    private static readonly Dictionary<string, WorkDone> Left = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public static int Count
    {
        get
        {
            lock (Gate)
                return Scopes.Count;
        }
    }

    /// <summary>This process begins to work a run.</summary>
    public static void Add(RunScope scope)
    {
        RunInstruments.Publish();
        lock (Gate)
            Scopes.Add(scope);
    }

    /// <summary>It works it no longer; what was done of it stays counted.</summary>
    public static void Remove(RunScope scope)
    {
        lock (Gate)
        {
            if (!Scopes.Remove(scope))
                return;
            var handler = scope.Spec.Handler.Name;
            Left[handler] = Left.GetValueOrDefault(handler) + scope.ObserveWork().Done;
        }
    }

    /// <summary>What this process did for each handler since it began.</summary>
    public static IReadOnlyDictionary<string, WorkDone> Done()
    {
        lock (Gate)
        {
            var sums = new Dictionary<string, WorkDone>(Left, StringComparer.Ordinal);
            foreach (var scope in Scopes)
                sums[scope.Spec.Handler.Name] = sums.GetValueOrDefault(scope.Spec.Handler.Name) + scope.ObserveWork().Done;
            return sums;
        }
    }

    /// <summary>What it does now, by handler; of one whose runs are not worked any more, nothing.</summary>
    public static IReadOnlyDictionary<string, WorkSeen> Now()
    {
        lock (Gate)
        {
            var sums = Left.Keys.ToDictionary(handler => handler, _ => WorkSeen.Nothing, StringComparer.Ordinal);
            foreach (var scope in Scopes)
                sums[scope.Spec.Handler.Name] = sums.GetValueOrDefault(scope.Spec.Handler.Name, WorkSeen.Nothing) + scope.ObserveWork();
            return sums;
        }
    }
}
