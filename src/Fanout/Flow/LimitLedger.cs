namespace Fanout.Flow;

/// <summary>A limit and who has what share of it: one small document, changed by pure functions, stored whole.</summary>
/// <param name="Limit">The limit as it was last set.</param>
public sealed record LimitLedger(LimitSpec Limit)
{
    /// <summary>Processes that have, or want, a share.</summary>
    public IReadOnlyList<LimitHolding> Holdings { get; init; } = [];
}

/// <summary>One process's share of a limit, a lease: over when it expires.</summary>
/// <param name="Owner">The process, as leases name it.</param>
/// <param name="ExpiresAt">When the share goes back unless the process renews it.</param>
/// <param name="Concurrency">Units in flight it may have.</param>
/// <param name="RateUnits">Of the limit's burst, as many starts; and of its rate, the same fraction.</param>
/// <param name="Runs">The runs it has the share for.</param>
public sealed record LimitHolding(string Owner, DateTimeOffset ExpiresAt, int Concurrency, int RateUnits, IReadOnlyList<LimitRunShare> Runs);

/// <summary>One run's part in its process's share.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Wanted">Units it would use.</param>
/// <param name="Granted">Units it may use.</param>
public sealed record LimitRunShare(string RunId, double Weight, int Wanted, int Granted);
