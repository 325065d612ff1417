namespace Fanout.Flow;

/// <summary>A limit and who has what share of it: one small document, changed by pure functions (<see cref="LimitRenewal"/>), stored whole.</summary>
/// <param name="Limit">The limit as it was last set.</param>
public sealed record LimitLedger(LimitSpec Limit)
{
    /// <summary>Processes that have, or want, a share.</summary>
    public IReadOnlyList<LimitHolding> Holdings { get; init; } = [];

    /// <summary>Starts that the units of rate nobody holds have saved up, as of <see cref="SettledAt"/>; never more than those units.</summary>
    public double FreeTokens { get; init; } = Limit?.Rate is null ? 0 : Limit.Burst;

    /// <summary>How far the limit is slowed down because its downstream asked for it. Times are since 1970, UTC.</summary>
    public AimdState Throttle { get; init; }

    /// <summary>When credits and <see cref="FreeTokens"/> were last brought up to date.</summary>
    public DateTimeOffset SettledAt { get; init; }

    /// <summary>The ledger after the limit was set anew: shares move to it as their holders renew them.</summary>
    public LimitLedger With(LimitSpec limit) => this with
    {
        Limit = limit,
        FreeTokens = limit.Rate is null ? 0 : Math.Min(FreeTokens, limit.Burst),
    };
}

/// <summary>One process's share of a limit, a lease: over when it expires.</summary>
/// <param name="Owner">The process, as leases name it.</param>
/// <param name="ExpiresAt">When the share goes back unless the process renews it.</param>
/// <param name="Concurrency">Units in flight it may have.</param>
/// <param name="RateUnits">Of the limit's burst, as many starts; and of its rate, the same fraction.</param>
/// <param name="Runs">The runs it has the share for.</param>
public sealed record LimitHolding(string Owner, DateTimeOffset ExpiresAt, int Concurrency, int RateUnits, IReadOnlyList<LimitRunShare> Runs)
{
    /// <summary>Unit-seconds of concurrency it has had less than its share.</summary>
    public double ConcurrencyCredit { get; init; }

    /// <summary>Unit-seconds of rate it has had less than its share.</summary>
    public double RateCredit { get; init; }
}

/// <summary>One run's part in its process's share.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Wanted">Units in flight it would use.</param>
/// <param name="Granted">Units in flight it may use.</param>
public sealed record LimitRunShare(string RunId, double Weight, int Wanted, int Granted)
{
    /// <summary>The cost of its dearest item that waits; fewer units in flight are of no use to it.</summary>
    public int Unit { get; init; } = 1;

    /// <summary>Units of rate it would use.</summary>
    public int WantedRateUnits { get; init; }
}
