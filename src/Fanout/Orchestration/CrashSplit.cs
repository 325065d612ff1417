using Fanout.Processing;

namespace Fanout.Orchestration;

/// <summary>
/// What is to be done with a batch that its workers died of: pure. What they may have died of is split in halves, each to be worked apart, and so
/// on, until the one item that does it stands alone; the rest is as any other work.
/// </summary>
internal static class CrashSplit
{
    /// <summary>The pieces, in order.</summary>
    /// <param name="unit">What the batch was given.</param>
    /// <param name="crashed">What is left of it.</param>
    /// <param name="byKey">The unit's range is one of keys.</param>
    public static IReadOnlyList<WorkUnit> Of(WorkUnit unit, BatchResult crashed, bool byKey)
    {
        var left = new WorkUnit(crashed.Next, unit.End, crashed.Pending) { Keys = crashed.Keys };
        var starts = Math.Max(1, crashed.MaxStarts ?? 1);
        // An execution that follows a death begins few items, so that few are suspected: what it had taken, and what comes next.
        var suspectEnd = unit.Isolated ? unit.End : Math.Min(unit.End, left.Start + starts);
        var suspects = left with { End = Math.Max(left.Start, suspectEnd), Isolated = true };
        IEnumerable<WorkUnit> pieces = byKey ? ByKey(suspects, unit.Steps ?? [starts]) : ByItem(suspects);
        return [.. pieces.Append(new WorkUnit(suspects.End, unit.End, [])).Where(piece => !piece.IsEmpty)];
    }

    private static WorkUnit[] ByItem(WorkUnit suspects)
    {
        var pending = suspects.Pending.OrderBy(item => item.Index).ToList();
        var half = (pending.Count + suspects.End - suspects.Start) / 2;
        if (half == 0)
            return [suspects];
        var ofPending = (int)Math.Min(half, pending.Count);
        var cut = suspects.Start + half - ofPending;
        return [suspects with { End = cut, Pending = pending[..ofPending] }, suspects with { Start = cut, Pending = pending[ofPending..] }];
    }

    // A key is all in one place. One that is left alone is gone through in steps, half as many of its items at a time.
    private static WorkUnit[] ByKey(WorkUnit suspects, IReadOnlyList<int> steps)
    {
        var keys = new SortedSet<long>(suspects.Keys.Select(key => key.Number).Concat(suspects.Pending.Select(KeyOf)));
        for (var key = suspects.Start; key < suspects.End; key++)
            keys.Add(key);
        if (keys.Count <= 1)
            return [suspects with { Steps = steps[0] == 1 ? steps : [steps[0] / 2, steps[0] - (steps[0] / 2), .. steps.Skip(1)] }];
        var middle = keys.ElementAt(keys.Count / 2);
        var cut = Math.Clamp(middle, suspects.Start, suspects.End);
        return
        [
            suspects with { End = cut, Keys = [.. suspects.Keys.Where(key => key.Number < middle)], Pending = [.. suspects.Pending.Where(item => KeyOf(item) < middle)], Steps = [steps[0]] },
            suspects with { Start = cut, Keys = [.. suspects.Keys.Where(key => key.Number >= middle)], Pending = [.. suspects.Pending.Where(item => KeyOf(item) >= middle)], Steps = [steps[0]] },
        ];
    }

    private static long KeyOf(PendingItem item) => item.Key ?? throw new InvalidOperationException($"Item {item.Index}, which is pending, has no key.");
}
