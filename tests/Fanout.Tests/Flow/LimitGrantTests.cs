using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

/// <summary>What one renewal comes to, to the number.</summary>
public sealed class LimitGrantTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void OneThatIsHeldUpAndKnownToBeAlive_KeepsItsShareAWhile()
    {
        var patience = TimeSpan.FromMinutes(1);
        var ledger = new LimitLedger(new LimitSpec("crm-api", 4, null, 1));
        var report = new LimitReport("p", 0, 0, 0, [new LimitRunShare("a", 1, 4, 0)]);
        (ledger, _) = LimitRenewal.Renew(ledger, report, Start, _ => false, patience);
        var late = Start + LimitRenewal.Lease + patience;
        Assert.Equal(0, LimitRenewal.Renew(ledger, report with { Owner = "q" }, late - TimeSpan.FromTicks(1), _ => false, patience).Grant.Concurrency);
        Assert.Equal(4, LimitRenewal.Renew(ledger, report with { Owner = "q" }, late, _ => false, patience).Grant.Concurrency);
        Assert.Equal(4, LimitRenewal.Renew(ledger, report with { Owner = "q" }, Start, owner => owner == "p", patience).Grant.Concurrency);
    }

    [Fact]
    public void NothingNewToSay_ChangesNothing()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", 4, null, 1));
        var report = new LimitReport("p", 0, 0, 0, [new LimitRunShare("a", 1, 3, 0)]);
        (ledger, var grant) = LimitRenewal.Renew(ledger, report, Start, _ => false);
        (ledger, _) = LimitRenewal.Renew(ledger, report with { HeldConcurrency = grant.Concurrency }, Start, _ => false);

        var (same, _) = LimitRenewal.Renew(ledger, report with { HeldConcurrency = 3 }, Start.AddMilliseconds(500), _ => false);

        Assert.Same(ledger, same);
    }

    [Fact]
    public void Leaving_GivesUnitsAndTokensBack()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", 5, Rate.Parse("10/s"), 5));
        (ledger, var grant) = LimitRenewal.Renew(
            ledger, new LimitReport("p", 0, 0, 0, [new LimitRunShare("a", 1, 9, 0) { WantedRateUnits = 9 }]), Start, _ => false);
        Assert.Equal((5, 5, 5.0), (grant.Concurrency, grant.RateUnits, grant.Tokens));

        ledger = LimitRenewal.Leave(ledger, "p", 2, Start);

        Assert.Empty(ledger.Holdings);
        Assert.Equal(2, ledger.FreeTokens);
    }

    [Fact]
    public void SlowedDown_HasFewerPlacesInFlight_ButAsManyUnitsOfRate()
    {
        var slowed = default(AimdState).Throttled(Start - DateTimeOffset.UnixEpoch, retryAfter: null);
        var ledger = new LimitLedger(new LimitSpec("crm-api", 10, Rate.Parse("10/s"), 8)) { Throttle = slowed };

        var (_, grant) = LimitRenewal.Renew(
            ledger, new LimitReport("p", 0, 0, 0, [new LimitRunShare("a", 1, 99, 0) { WantedRateUnits = 99 }]), Start, _ => false);

        Assert.Equal((5, 8), (grant.Concurrency, grant.RateUnits));
    }

    [Fact]
    public void Renewal_IsWorthAWrite_WhenAFifthOfTheLeaseIsOver()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", 4, null, 1));
        var report = new LimitReport("p", 0, 0, 0, [new LimitRunShare("a", 1, 3, 0)]);
        (ledger, _) = LimitRenewal.Renew(ledger, report, Start, _ => false);
        report = report with { HeldConcurrency = 3 };
        Assert.Same(ledger, LimitRenewal.Renew(ledger, report, Start.AddSeconds(1), _ => false).Ledger);
        Assert.Equal(Start + LimitRenewal.Lease, LimitRenewal.Renew(ledger, report, Start.AddSeconds(1), _ => false).Grant.ExpiresAt);

        var late = Start.AddSeconds(1) + TimeSpan.FromTicks(1);
        var (renewed, grant) = LimitRenewal.Renew(ledger, report, late, _ => false);

        Assert.NotSame(ledger, renewed);
        Assert.Equal((late + LimitRenewal.Lease, late + LimitRenewal.Lease), (grant.ExpiresAt, Assert.Single(renewed.Holdings).ExpiresAt));
    }

    [Fact]
    public void AnythingOfNote_IsWritten()
    {
        var throttle = default(AimdState).Throttled(Start - DateTimeOffset.UnixEpoch, retryAfter: null);
        var ledger = new LimitLedger(new LimitSpec("crm-api", 8, Rate.Parse("10/s"), 5)) { Throttle = throttle, FreeTokens = 0 };
        var report = new LimitReport("p", 0, 0, 0, [new LimitRunShare("a", 1, 3, 0) { WantedRateUnits = 2 }]);
        (ledger, _) = LimitRenewal.Renew(ledger, report with { Owner = "q" }, Start, _ => false);
        (ledger, _) = LimitRenewal.Renew(ledger, report, Start, _ => false);
        report = report with { HeldConcurrency = 1, HeldRateUnits = 2 };

        Assert.False(IsWritten(report));
        Assert.True(IsWritten(report with { HeldConcurrency = 0, Runs = [] }));
        Assert.True(IsWritten(report with { ReturnedTokens = 1 }));
        Assert.True(IsWritten(report with { WasThrottled = true, RetryAfter = TimeSpan.FromSeconds(1) }));
        Assert.True(IsWritten(report, gone: "q"));
        Assert.True(IsWritten(report with { HeldRateUnits = 1, ReturnedTokens = 1 }));
        Assert.True(IsWritten(report with { Runs = [report.Runs[0] with { Weight = 2 }] }));

        bool IsWritten(LimitReport what, string gone = "") =>
            !ReferenceEquals(ledger, LimitRenewal.Renew(ledger, what, Start, owner => owner == gone).Ledger);
    }

    [Fact]
    public void TokensGivenBack_GoToUnitsThatAreFree_AndComeWithThoseThatAreGranted()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", null, Rate.Parse("10/s"), 5));
        var report = Wants(5);
        (ledger, var grant) = LimitRenewal.Renew(ledger, report, Start, _ => false);
        Assert.Equal((5, 5.0, 0.0), (grant.RateUnits, grant.Tokens, ledger.FreeTokens));

        // Two are kept, three are free: so many tokens at most go with them.
        Assert.Equal((2, 0.0, 1.5), After(Wants(2) with { HeldRateUnits = 2, ReturnedTokens = 1.5 }));
        Assert.Equal((2, 0.0, 3.0), After(Wants(2) with { HeldRateUnits = 2, ReturnedTokens = 4.5 }));
        Assert.Equal((4, 1.5, 0.0), After(Wants(4) with { HeldRateUnits = 2, ReturnedTokens = 1.5 }));
        Assert.Equal((3, 1.0, 0.5), After(Wants(3) with { HeldRateUnits = 2, ReturnedTokens = 1.5 }));

        (int, double, double) After(LimitReport now) =>
            LimitRenewal.Renew(ledger, now, Start, _ => false) is var (then, granted) ? (granted.RateUnits, granted.Tokens, then.FreeTokens) : default;
    }

    [Fact]
    public void UnitsThatNobodyHolds_SaveUpStarts_ASecondsWorthInASecond()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", null, Rate.Parse("10/s"), 5));
        (ledger, _) = LimitRenewal.Renew(ledger, Wants(5), Start, _ => false);
        ledger = LimitRenewal.Leave(ledger, "p", 0.5, Start);
        Assert.Equal(0.5, ledger.FreeTokens);
        Assert.Equal(3, LimitRenewal.Settle(ledger, Start.AddMilliseconds(250), _ => false).FreeTokens, 9);
        Assert.Equal(5, LimitRenewal.Settle(ledger, Start.AddSeconds(2), _ => false).FreeTokens, 9);
        // The clock of another machine may be behind.
        Assert.Equal(0.5, LimitRenewal.Settle(ledger, Start.AddSeconds(-2), _ => false).FreeTokens, 9);
    }

    [Theory]
    [InlineData("4/s", 4, 0.05)]
    [InlineData("400/s", 4, 1)]
    [InlineData("1/s", 4, 0.0125)]
    public void CreditOfRate_GrowsWithTheStartsAUnitIsGoodFor(string rate, int burst, double turn)
    {
        var holding = new LimitHolding("p", Start + LimitRenewal.Lease, 0, 1, [new LimitRunShare("a", 1, 0, 0) { WantedRateUnits = 2 }]);
        var ledger = new LimitLedger(new LimitSpec("crm-api", null, Rate.Parse(rate), burst)) { SettledAt = Start, Holdings = [holding] };
        Assert.Equal(0.5 * turn, Assert.Single(LimitRenewal.Settle(ledger, Start.AddMilliseconds(500), _ => false).Holdings).RateCredit, 9);
        // Nor more than for a second, of a machine that slept.
        Assert.Equal(turn, Assert.Single(LimitRenewal.Settle(ledger, Start.AddMinutes(5), _ => false).Holdings).RateCredit, 9);
    }

    [Fact]
    public void ShareThatGrows_GrowsByWhatIsMissing()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", 10, null, 1));
        var report = new LimitReport("p", 1, 0, 0, [new LimitRunShare("a", 1, 1, 0), new LimitRunShare("b", 1, 2, 0)]);
        var (_, grant) = LimitRenewal.Renew(ledger, report, Start, _ => false);
        Assert.Equal((3, 3, 0, 0), (grant.Concurrency, grant.ConcurrencyTarget, grant.RateUnits, grant.RateUnitsTarget));
    }

    [Theory]
    [InlineData(10, 0, 4, 5, true)]
    [InlineData(10, 0, 5, 5, false)]
    [InlineData(10, 0, 6, 5, false)]
    [InlineData(0, 6, 3, 3, false)]
    [InlineData(0, 6, 3, 2, true)]
    [InlineData(0, 6, 3, 4, false)]
    [InlineData(10, 6, 5, 5, false)]
    [InlineData(10, 12, 5, 5, true)]
    [InlineData(12, 10, 5, 5, true)]
    public void Free_IsWhatNobodyHolds(int concurrency, int burst, int one, int other, bool isFree)
    {
        var limit = new LimitSpec("crm-api", concurrency == 0 ? null : concurrency, burst == 0 ? null : Rate.Parse("10/s"), Math.Max(1, burst));
        var (inFlight, units) = (concurrency == 0 ? 0 : 1, burst == 0 ? 0 : 1);
        LimitHolding[] holdings = [.. new[] { one, other }.Select((held, i) => new LimitHolding($"{i}", Start, held * inFlight, held * units, []))];
        Assert.Equal(isFree, LimitRenewal.HasFree(new LimitLedger(limit) { Holdings = holdings }));
    }

    [Fact]
    public void SlowedDown_UnitsOfRateAreGoodForLess_AndSuccessesBringThemBack()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", null, Rate.Parse("10/s"), 5));
        (ledger, var grant) = LimitRenewal.Renew(ledger, Wants(5) with { WasThrottled = true, RetryAfter = TimeSpan.FromSeconds(2) }, Start, _ => false);
        Assert.Equal((1.0, true, Start.AddSeconds(2)), (grant.TokensPerSecond, grant.IsSlowedDown, grant.BlockedUntil));

        var later = Start.AddSeconds(3);
        var idle = LimitRenewal.Renew(ledger, Wants(5) with { HeldRateUnits = 5 }, later, _ => false).Grant;
        var busy = LimitRenewal.Renew(ledger, Wants(5) with { HeldRateUnits = 5, HasSucceeded = true }, later, _ => false).Grant;
        Assert.Equal(2 * 0.51, idle.TokensPerSecond, 9);
        Assert.Equal(2 * 0.6, busy.TokensPerSecond, 9);
        Assert.Equal((true, null), (idle.IsSlowedDown, idle.BlockedUntil));
    }

    [Theory]
    [InlineData(3, 3, 2, 2, false)]
    [InlineData(3, 4, 2, 2, true)]
    [InlineData(3, 3, 2, 3, true)]
    [InlineData(4, 3, 3, 2, false)]
    public void Starved_IsWhoHasLessThanItShould(int concurrency, int concurrencyTarget, int rateUnits, int rateTarget, bool isStarved) =>
        Assert.Equal(isStarved, new LimitGrant(new LimitSpec("crm-api", 9, null, 1), Start, concurrency, concurrencyTarget, rateUnits, rateTarget, 0).IsStarved);

    private static LimitReport Wants(int units) => new("p", 0, 0, 0, [new LimitRunShare("a", 1, 0, 0) { WantedRateUnits = units }]);
}
