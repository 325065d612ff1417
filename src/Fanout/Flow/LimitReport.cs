namespace Fanout.Flow;

/// <summary>What a process says of its share of a limit when it renews it.</summary>
/// <param name="Owner">The process, as leases name it.</param>
/// <param name="HeldConcurrency">Units that are in flight or may go in flight now: what it was granted, less what it has given up.</param>
/// <param name="HeldRateUnits">Units of rate it still uses.</param>
/// <param name="ReturnedTokens">Saved-up starts of the units of rate it has given up.</param>
/// <param name="Runs">What its runs want.</param>
public sealed record LimitReport(
    string Owner, int HeldConcurrency, int HeldRateUnits, double ReturnedTokens, IReadOnlyList<LimitRunShare> Runs)
{
    /// <summary>Its downstream asked a run to slow down since the last report.</summary>
    public bool WasThrottled { get; init; }

    /// <summary>With <see cref="WasThrottled"/>: nothing may start before this has passed; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>An item succeeded since the last report.</summary>
    public bool HasSucceeded { get; init; }
}

/// <summary>What a process may use of a limit from now on.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="ExpiresAt">Until when, unless renewed.</param>
/// <param name="Concurrency">Units in flight it may have at most.</param>
/// <param name="ConcurrencyTarget">Units it should come down to; others wait for the difference.</param>
/// <param name="RateUnits">Units of rate it may use at most.</param>
/// <param name="RateUnitsTarget">Units of rate it should come down to.</param>
/// <param name="Tokens">Saved-up starts that come with units it did not have before.</param>
public sealed record LimitGrant(
    LimitSpec Limit, DateTimeOffset ExpiresAt, int Concurrency, int ConcurrencyTarget, int RateUnits, int RateUnitsTarget, double Tokens)
{
    /// <summary>Starts a second that one unit of rate is good for, the limit's slowing down counted in.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>The limit is slowed down: reports of successes bring it back.</summary>
    public bool IsSlowedDown { get; init; }

    /// <summary>Nothing may start before this; null: it may.</summary>
    public DateTimeOffset? BlockedUntil { get; init; }

    /// <summary>Others have to come down first: it is worth asking again soon.</summary>
    public bool IsStarved => ConcurrencyTarget > Concurrency || RateUnitsTarget > RateUnits;
}
