namespace Fanout.Flow;

/// <summary>
/// Divides a limit between processes. Each renews its own share and takes from what is free, never from another: what is granted never adds
/// up to more than the limit, in whatever order and however late the others come down to theirs. Pure.
/// </summary>
public static class LimitRenewal
{
    /// <summary>How long a share is good for without being renewed: 5 s.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(5);

    // Renewed when a fifth of it is over: a ledger in which nothing else moves is written once a second and process.
    private static readonly TimeSpan RenewBelow = Lease * 0.8;

    /// <summary>A process renews its share.</summary>
    /// <param name="ledger">The limit's ledger.</param>
    /// <param name="report">What the process holds and its runs want.</param>
    /// <param name="now">The time.</param>
    /// <param name="isDead">True: the owner is certainly gone, and its lease with it.</param>
    /// <param name="patience">
    /// For so long a share is kept whose lease is over though its owner is not dead: where all owners are processes of this machine, one that is not
    /// known to be dead is alive, held up by something, and has items in flight that count. Default: not at all.
    /// </param>
    /// <returns>The argument itself when nothing of note changed.</returns>
    public static (LimitLedger Ledger, LimitGrant Grant) Renew(
        LimitLedger ledger, LimitReport report, DateTimeOffset now, Func<string, bool> isDead, TimeSpan patience = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(isDead);
        var settled = Settle(ledger, now, holding => isDead(holding.Owner) || holding.ExpiresAt + patience <= now);
        var throttle = Throttle(settled.Throttle, report, now - DateTimeOffset.UnixEpoch);
        settled = settled with { Throttle = throttle };
        var before = settled.Holdings.FirstOrDefault(holding => holding.Owner == report.Owner);
        var mine = (before ?? new LimitHolding(report.Owner, now + Lease, 0, 0, [])) with
        {
            Concurrency = report.HeldConcurrency,
            RateUnits = report.HeldRateUnits,
            Runs = report.Runs,
        };
        var others = settled.Holdings.Where(holding => holding.Owner != report.Owner).ToList();
        // In one order whoever renews: of equals, all agree who comes first.
        List<LimitHolding> all = [.. others.Append(mine).OrderBy(holding => holding.Owner, StringComparer.Ordinal)];
        var me = all.IndexOf(mine);
        var (concurrency, concurrencyTarget) = Grant(Permits.Concurrency, settled, all, me);
        var (rateUnits, rateTarget) = Grant(Permits.Rate, settled, all, me);

        // Bounded by what is free without the units that are granted now: tokens never outnumber the units they belong to.
        var free = FreeUnits(settled.Limit, others, report.HeldRateUnits);
        var saved = Math.Min(settled.FreeTokens + report.ReturnedTokens, Math.Max(0, free));
        var tokens = Math.Min(saved, rateUnits - report.HeldRateUnits);
        mine = mine with
        {
            Concurrency = concurrency,
            RateUnits = rateUnits,
            ExpiresAt = mine.ExpiresAt - now < RenewBelow ? now + Lease : mine.ExpiresAt,
        };
        var grant = new LimitGrant(settled.Limit, mine.ExpiresAt, concurrency, concurrencyTarget, rateUnits, rateTarget, tokens)
        {
            TokensPerSecond = TokensPerSecond(settled.Limit) * throttle.FactorAt(now - DateTimeOffset.UnixEpoch),
            IsSlowedDown = throttle.IsActive,
            BlockedUntil = throttle.BlockedFor(now - DateTimeOffset.UnixEpoch) is var wait && wait > TimeSpan.Zero ? now + wait : null,
        };
        if (report.ReturnedTokens == 0 && throttle == ledger.Throttle && tokens == 0 && settled.Holdings.Count == ledger.Holdings.Count && IsSame(before, mine))
            return (ledger, grant);
        return (settled with { Holdings = [.. all.Select((holding, i) => i == me ? mine : holding)], FreeTokens = saved - tokens }, grant);
    }

    /// <summary>True: there are units that nobody holds.</summary>
    public static bool HasFree(LimitLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return Capacity(Permits.Concurrency, ledger) > ledger.Holdings.Sum(holding => holding.Concurrency)
            || FreeUnits(ledger.Limit, ledger.Holdings, 0) > 0;
    }

    /// <summary>A process gives its share back.</summary>
    /// <param name="ledger">The limit's ledger.</param>
    /// <param name="owner">The process.</param>
    /// <param name="returnedTokens">Starts it had saved up.</param>
    /// <param name="now">The time.</param>
    public static LimitLedger Leave(LimitLedger ledger, string owner, double returnedTokens, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var settled = Settle(ledger, now, holding => holding.Owner == owner);
        return settled with { FreeTokens = Math.Min(settled.FreeTokens + returnedTokens, Math.Max(0, FreeUnits(settled.Limit, settled.Holdings, 0))) };
    }

    private static AimdState Throttle(AimdState state, LimitReport report, TimeSpan now)
    {
        if (report.HasSucceeded)
            state = state.Succeeded(now);
        return report.WasThrottled ? state.Throttled(now, report.RetryAfter) : state.Advance(now);
    }

    // Credits and tokens up to now, under the shares of until now; then without those who are gone.
    internal static LimitLedger Settle(LimitLedger ledger, DateTimeOffset now, Func<LimitHolding, bool> isGone)
    {
        var seconds = ledger.SettledAt == default ? 0 : Math.Max(0, (now - ledger.SettledAt).TotalSeconds);
        var concurrency = Shares(Permits.Concurrency, ledger, ledger.Holdings);
        var rate = Shares(Permits.Rate, ledger, ledger.Holdings);
        var turn = RateTurn(ledger.Limit);
        // A machine that slept owes nobody anything for it.
        var counted = Math.Min(seconds, 1);
        var free = Math.Max(0, FreeUnits(ledger.Limit, ledger.Holdings, 0));
        return ledger with
        {
            SettledAt = now,
            FreeTokens = Math.Min(ledger.FreeTokens + (free * TokensPerSecond(ledger.Limit) * seconds), free),
            Holdings = [.. ledger.Holdings
                .Select((holding, i) => holding with
                {
                    ConcurrencyCredit = ShareAllocator.Accrue(holding.ConcurrencyCredit, concurrency[i], holding.Concurrency, counted, Unit(holding)),
                    RateCredit = ShareAllocator.Accrue(holding.RateCredit, rate[i], holding.RateUnits, counted * turn),
                })
                .Where(holding => !isGone(holding))],
        };
    }

    private static (int Granted, int Target) Grant(Permits permits, LimitLedger ledger, List<LimitHolding> holdings, int me)
    {
        var capacity = Capacity(permits, ledger);
        var shares = Shares(permits, ledger, holdings);
        var claims = holdings.Select((holding, i) => Claim(permits, holding, shares[i])).ToList();
        var target = ShareAllocator.Allocate(capacity, claims)[me];
        var held = Held(permits, holdings[me]);
        var free = capacity - holdings.Sum(holding => (long)Held(permits, holding));
        var granted = target <= held ? held : held + (int)Math.Clamp(free, 0, target - held);
        return (granted, target);
    }

    // Shares are fair between runs, not between processes: a process's is the sum of its runs'.
    private static double[] Shares(Permits permits, LimitLedger ledger, IReadOnlyList<LimitHolding> holdings)
    {
        var claims = holdings.SelectMany(holding => holding.Runs.Select(run => new ShareClaim(run.Weight, Wanted(permits, run), 1, 0, 0))).ToList();
        var byRun = ShareAllocator.Shares(Capacity(permits, ledger), claims);
        var byHolding = new double[holdings.Count];
        for (int i = 0, next = 0; i < holdings.Count; next += holdings[i].Runs.Count, i++)
            byHolding[i] = byRun.AsSpan(next, holdings[i].Runs.Count).ToArray().Sum();
        return byHolding;
    }

    // Weighted by its share, which it is to get, however its runs' weights and wants make it up.
    private static ShareClaim Claim(Permits permits, LimitHolding holding, double share) => new(
        Math.Max(share, 1e-6),
        (int)Math.Min(holding.Runs.Sum(run => (long)Wanted(permits, run)), int.MaxValue),
        permits == Permits.Rate ? 1 : Unit(holding),
        Held(permits, holding),
        permits == Permits.Rate ? holding.RateCredit : holding.ConcurrencyCredit);

    // Slowed down, a limit has fewer places in flight; of rate it has as many units, which are good for less.
    private static int Capacity(Permits permits, LimitLedger ledger)
    {
        var limit = ledger.Limit;
        if (permits == Permits.Rate)
            return limit.Rate is null ? 0 : limit.Burst;
        return limit.Concurrency is { } whole
            ? Math.Max(1, (int)(whole * ledger.Throttle.FactorAt(ledger.SettledAt - DateTimeOffset.UnixEpoch)))
            : 0;
    }

    private static int Unit(LimitHolding holding) => holding.Runs.Select(run => run.Unit).DefaultIfEmpty(1).Max();

    private static int Held(Permits permits, LimitHolding holding) => permits == Permits.Rate ? holding.RateUnits : holding.Concurrency;

    private static int Wanted(Permits permits, LimitRunShare run) => permits == Permits.Rate ? run.WantedRateUnits : run.Wanted;

    private static int FreeUnits(LimitSpec limit, IEnumerable<LimitHolding> holdings, int less) =>
        (limit.Rate is null ? 0 : limit.Burst) - holdings.Sum(holding => holding.RateUnits) - less;

    /// <summary>Starts a second that one unit of rate is good for.</summary>
    internal static double TokensPerSecond(LimitSpec limit) => limit.Rate is { } rate ? rate.PerSecond / limit.Burst : 0;

    // A turn with a unit of rate is worth having only when it is some starts long: the slower the unit, the longer the turn.
    private static double RateTurn(LimitSpec limit) => Math.Min(1, TokensPerSecond(limit) * ShareAllocator.TurnQuantum / 4);

    private static bool IsSame(LimitHolding? before, LimitHolding after) => before is not null
        && (before.Concurrency, before.RateUnits, before.ExpiresAt) == (after.Concurrency, after.RateUnits, after.ExpiresAt)
        && before.Runs.SequenceEqual(after.Runs);

    private enum Permits
    {
        Concurrency,
        Rate,
    }
}
