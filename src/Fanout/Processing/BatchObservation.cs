namespace Fanout.Processing;

/// <summary>What batches look like from outside. Observations of several batches add up.</summary>
internal readonly record struct BatchObservation
{
    /// <summary>What was settled.</summary>
    public Counts Settled { get; init; }

    /// <summary>Items in handlers.</summary>
    public int InFlight { get; init; }

    /// <summary>What the items in handlers count for.</summary>
    public int UnitsInFlight { get; init; }

    /// <summary>Items that wait to be tried again.</summary>
    public int WaitingForRetry { get; init; }

    /// <summary>Of these, those not due yet.</summary>
    public int NotDue { get; init; }

    /// <summary>When the first of these is due; null: none waits.</summary>
    public DateTimeOffset? NextRetry { get; init; }

    /// <summary>So many wait to be tried again that nothing new is taken.</summary>
    public bool RetriesAreFull { get; init; }

    /// <summary>A worker stands before the pacer.</summary>
    public bool WaitsForPace { get; init; }

    /// <summary>How long one did so far; of several batches, who come before it in turn, in all.</summary>
    public TimeSpan WaitedForPace { get; init; }

    /// <summary>Items that wait for others with their key.</summary>
    public int WaitingForKey { get; init; }

    /// <summary>Workers that wait for the reader.</summary>
    public int WaitingForSource { get; init; }

    /// <summary>Slots it would use however many it had: a worker for each processor, or any number once handlers have been seen to await.</summary>
    public long Reach { get; init; }

    /// <summary>Attempts after which an item is to be tried again.</summary>
    public long Retries { get; init; }

    public static BatchObservation operator +(in BatchObservation left, in BatchObservation right) => new()
    {
        Settled = left.Settled + right.Settled,
        InFlight = left.InFlight + right.InFlight,
        UnitsInFlight = left.UnitsInFlight + right.UnitsInFlight,
        WaitingForRetry = left.WaitingForRetry + right.WaitingForRetry,
        NotDue = left.NotDue + right.NotDue,
        NextRetry = left.NextRetry is null || right.NextRetry < left.NextRetry ? right.NextRetry : left.NextRetry,
        RetriesAreFull = left.RetriesAreFull || right.RetriesAreFull,
        WaitsForPace = left.WaitsForPace || right.WaitsForPace,
        WaitedForPace = left.WaitedForPace + right.WaitedForPace,
        WaitingForKey = left.WaitingForKey + right.WaitingForKey,
        WaitingForSource = left.WaitingForSource + right.WaitingForSource,
        Reach = left.Reach + right.Reach,
        Retries = left.Retries + right.Retries,
    };
}
