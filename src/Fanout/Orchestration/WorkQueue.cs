using Fanout.Planning;

namespace Fanout.Orchestration;

/// <summary>Work not handed out yet, in order. Deterministic; belongs to one orchestration.</summary>
internal sealed class WorkQueue(IEnumerable<WorkUnit> work)
{
    private readonly LinkedList<WorkUnit> _units = new(work.Where(unit => !unit.IsEmpty));

    public bool IsEmpty => _units.Count == 0;

    /// <summary>Items, or keys, in ranges not handed out yet.</summary>
    public long Remaining => _units.Sum(unit => unit.End - unit.Start);

    public IReadOnlyList<WorkUnit> Units => [.. _units];

    /// <summary>Takes the next unit, its range cut to <paramref name="length"/>; null: there is none.</summary>
    public WorkUnit? Take(long length)
    {
        if (_units.First is not { Value: var unit } node)
            return null;
        _units.Remove(node);
        if (unit.Isolated || unit.End - unit.Start <= length)
            return unit;
        _units.AddFirst(new WorkUnit(unit.Start + length, unit.End, []));
        return unit with { End = unit.Start + length };
    }

    /// <summary>Takes the next unit, sized for one of <paramref name="takers"/>.</summary>
    public WorkUnit? TakeShare(int takers, long minItems, long maxItems, long? seenPerSlice) =>
        Take(Planner.NextRange(Remaining, takers, minItems, maxItems, seenPerSlice));

    /// <summary>Takes units, in order, until their ranges add up to <paramref name="length"/>; empty: there are none.</summary>
    public IReadOnlyList<WorkUnit> TakeMany(long length)
    {
        var taken = new List<WorkUnit>();
        while (length > 0 && Take(length) is { } unit)
        {
            taken.Add(unit);
            length -= Math.Max(1, unit.End - unit.Start);
        }

        return taken;
    }

    /// <summary>Of the work that is left, the items that were tried and wait to be tried again.</summary>
    public WorkUnit Tried => WorkUnit.Nothing with { Pending = [.. _units.SelectMany(unit => unit.Pending).Where(item => item.Attempts > 0)] };

    /// <summary>Puts work back before everything else.</summary>
    public void PutBack(WorkUnit unit)
    {
        if (!unit.IsEmpty)
            _units.AddFirst(unit);
    }
}
