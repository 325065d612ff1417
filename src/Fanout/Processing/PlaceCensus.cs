namespace Fanout.Processing;

/// <summary>How many places of a run's concurrency are busy with, or wait for, one thing.</summary>
/// <param name="Cause">One of <see cref="WaitCauses"/>, or what set a cap.</param>
/// <param name="Places">At least 1.</param>
internal readonly record struct PlaceCount(string Cause, int Places);

/// <summary>Counts a run's places at one moment: each is in a handler, or idle for one cause. Pure.</summary>
/// <remarks>
/// Causes are asked in this order, each taking as many of the idle places as it accounts for: what closes the run to all items, what takes
/// places away, what leaves places without an item, what holds items back, and at last what Fanout itself is busy with.
/// </remarks>
internal static class PlaceCensus
{
    /// <summary>At least one place, all of them accounted for.</summary>
    public static IReadOnlyList<PlaceCount> Of(in RunSituation run)
    {
        var places = Places(run);
        var idle = places;
        var census = new List<PlaceCount>(4);
        Take(WaitCauses.Handlers, run.UnitsInHandlers);
        Take(WaitCauses.Engine, run.IsEnding ? idle : 0);
        Take(WaitCauses.Paused, run.IsPaused ? idle : 0);
        Take(WaitCauses.Source, run.Left is null ? idle : 0);
        Take(run.CapCause ?? WaitCauses.Engine, run.CapCause is null ? 0 : places - run.Cap);
        Take(WaitCauses.RetryBackoff, run.RetriesAreFull ? idle : Math.Min(run.WaitingForRetry, idle - Ready(run)));
        Take(run.PaceCause ?? WaitCauses.Rate, run.PaceCause is null ? 0 : idle);
        Take(WaitCauses.Key, run.WaitingForKey);
        Take(WaitCauses.Source, run.WaitingForSource);
        Take(WaitCauses.Engine, idle);
        return census;

        void Take(string cause, long count)
        {
            var taken = (int)Math.Clamp(count, 0, idle);
            if (taken == 0)
                return;
            idle -= taken;
            census.Add(new PlaceCount(cause, taken));
        }
    }

    // No more places than there is something for: at the end of a run they are few, and the last one is the engine's.
    private static int Places(in RunSituation run)
    {
        if (run.IsEnding)
            return Math.Max(1, run.UnitsInHandlers);
        var usable = Math.Min(run.Concurrency, run.Reach);
        if (run.Left is { } left)
            usable = Math.Min(usable, left - run.ItemsInHandlers + run.UnitsInHandlers);
        return (int)Math.Max(Math.Max(1, run.UnitsInHandlers), usable);
    }

    // Items that could start if nothing held them back.
    private static long Ready(in RunSituation run) =>
        Math.Max(0, run.Left.GetValueOrDefault() - run.ItemsInHandlers - run.WaitingForRetry);
}

/// <summary>What can be seen of a run at one moment.</summary>
internal readonly record struct RunSituation
{
    /// <summary>The run's own concurrency, as retuned, before anything caps it.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Items not settled yet, those waiting to be tried again among them; null: the source is not counted yet.</summary>
    public required long? Left { get; init; }

    /// <summary>Places its batches would use if they had them: handlers that do not await have one for each processor.</summary>
    public long Reach { get; init; }

    /// <summary>Items in handlers.</summary>
    public int ItemsInHandlers { get; init; }

    /// <summary>What these count for.</summary>
    public int UnitsInHandlers { get; init; }

    /// <summary>Places that caps leave.</summary>
    public int Cap { get; init; }

    /// <summary>What caps them; null: nothing does.</summary>
    public string? CapCause { get; init; }

    /// <summary>Nothing new starts any more: the run ends, or this process stops.</summary>
    public bool IsEnding { get; init; }

    /// <summary>Paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>What an item waits for that may not start yet; null: no item does.</summary>
    public string? PaceCause { get; init; }

    /// <summary>Items whose next attempt is not due yet.</summary>
    public int WaitingForRetry { get; init; }

    /// <summary>So many wait that no new items are taken.</summary>
    public bool RetriesAreFull { get; init; }

    /// <summary>Items that wait for others with their key.</summary>
    public int WaitingForKey { get; init; }

    /// <summary>Workers that wait for the reader.</summary>
    public int WaitingForSource { get; init; }
}
