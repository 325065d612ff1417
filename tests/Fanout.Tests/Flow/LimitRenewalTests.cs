using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class LimitRenewalTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void WhateverTheOrderOfRenewals_TheSharesNeverAddUpToMoreThanTheLimit() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 15], Gen.Int[0, 15], Gen.Int[0, 400], Gen.Int[0, 30]).Array[1, 120])
            .Sample((concurrency, burst, steps) =>
            {
                var herd = new Herd(new LimitSpec("crm-api", concurrency, Rate.Parse("50/s"), burst));
                foreach (var (process, wanted, inFlight, pause, fate) in steps)
                {
                    herd.Advance(TimeSpan.FromMilliseconds(pause));
                    if (fate == 0)
                        herd.Die(process);
                    else
                        herd.Renew(process, wanted, inFlight);
                    Assert.True(herd.Held <= concurrency, $"{herd.Held} of {concurrency} in flight");
                    Assert.True(herd.RateUnits <= burst, $"{herd.RateUnits} of {burst} units of rate");
                    Assert.True(herd.Tokens <= burst + 1e-9, $"{herd.Tokens} tokens of {burst}");
                }
            }, iter: 500);

    [Fact]
    public void ContendedLimit_GoesToRunsByWeight_WhicheverProcessesTheyAreIn()
    {
        var herd = new Herd(new LimitSpec("crm-api", 20, null, 1));
        for (var beat = 0; beat < 20; beat++)
        {
            herd.Renew(0, [new LimitRunShare("a", 1, 100, 0), new LimitRunShare("b", 2, 100, 0)]);
            herd.Renew(1, [new LimitRunShare("c", 1, 100, 0)]);
            herd.Renew(2, [new LimitRunShare("d", 9, 3, 0)]);
            herd.Advance(TimeSpan.FromMilliseconds(100));
        }

        // d has all it wants; 17 are left for weights 1 + 2 and 1.
        Assert.InRange(herd.Of(0), 12, 13);
        Assert.InRange(herd.Of(1), 4, 5);
        Assert.Equal((3, 20), (herd.Of(2), herd.Held));
    }

    [Fact]
    public void WhatOneCannotUse_GoesToTheOthers_AndComesBackWhenItCan()
    {
        var herd = new Herd(new LimitSpec("crm-api", 10, null, 1));
        Settle(100, 0);
        Assert.Equal((10, 0), (herd.Of(0), herd.Of(1)));
        Settle(100, 100);
        Assert.Equal((5, 5), (herd.Of(0), herd.Of(1)));
        Settle(2, 100);
        Assert.Equal((2, 8), (herd.Of(0), herd.Of(1)));

        void Settle(int first, int second)
        {
            for (var beat = 0; beat < 3; beat++)
            {
                herd.Renew(0, first, 0);
                herd.Renew(1, second, 0);
            }
        }
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(1, 3)]
    [InlineData(7, 10)]
    [InlineData(20, 7)]
    public void PermitsThatDoNotDivideEvenly_GoRound_AndAreUsed(int permits, int processes)
    {
        var herd = new Herd(new LimitSpec("crm-api", permits, null, 1));
        GoesRound(herd, permits, processes, herd.IsStarved, herd.Of);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(7, 10)]
    [InlineData(20, 7)]
    public void UnitsOfRateThatDoNotDivideEvenly_GoRound_AndAreUsed(int units, int processes)
    {
        var herd = new Herd(new LimitSpec("crm-api", null, Rate.Parse("200/s"), units));
        GoesRound(herd, units, processes, herd.IsStarvedOfRate, herd.RateUnitsOf);
    }

    [Fact]
    public void DeadProcess_LosesItsShareAtOnce_AndSilentOneWithItsLease()
    {
        var herd = new Herd(new LimitSpec("crm-api", 4, Rate.Parse("10/s"), 4));
        herd.Renew(0, 10, 0);
        herd.Renew(1, 10, 0);
        Assert.Equal((4, 0), (herd.Of(0), herd.Of(1)));

        herd.Die(0);
        herd.Renew(1, 10, 0);
        Assert.Equal(4, herd.Of(1));

        herd.Advance(LimitRenewal.Lease);
        herd.Renew(2, 10, 0);
        Assert.Equal(4, herd.Of(2));
    }

    [Fact]
    public void LimitLowered_TakesNothingAwayThatIsInFlight_ButGivesNothingNew()
    {
        var herd = new Herd(new LimitSpec("crm-api", 10, null, 1));
        herd.Renew(0, 10, 0);
        herd.Ledger = herd.Ledger.With(new LimitSpec("crm-api", 3, null, 1));

        herd.Renew(0, 10, inFlight: 10);
        herd.Renew(0, 10, inFlight: 8);
        Assert.Equal(8, herd.Of(0));
        herd.Renew(1, 10, 0);
        Assert.Equal(0, herd.Of(1));
        herd.Renew(0, 10, 0);
        herd.Renew(0, 10, 0);
        Assert.InRange(herd.Of(0), 1, 3);
    }

    [Fact]
    public void DearItems_GetPlacesForAWholeOne_AndUnitsOfRateOneByOne()
    {
        var herd = new Herd(new LimitSpec("crm-api", 6, Rate.Parse("60/s"), 6));
        for (var round = 0; round < 3; round++)
        {
            for (var process = 0; process < 2; process++)
                herd.Renew(process, [Share("cheap", 1), Share("dear", 4)]);
        }

        Assert.Equal((6, 0), (herd.Of(0), herd.Of(1)));
        Assert.Equal((3, 3), (herd.RateUnitsOf(0), herd.RateUnitsOf(1)));

        static LimitRunShare Share(string run, int unit) => new(run, 1, 3, 0) { Unit = unit, WantedRateUnits = 3 };
    }

    private static void GoesRound(Herd herd, int permits, int processes, Func<int, bool> isStarved, Func<int, int> of)
    {
        var had = new double[processes];
        // In the first second the first to come, who has everything, comes down.
        for (var step = -100; step < 1_000; step++)
        {
            for (var process = 0; process < processes; process++)
            {
                // Every 100 ms, and every 10 ms while others have to come down first.
                if ((step + 100) % 10 == process || isStarved(process))
                    herd.Renew(process, 100, 0);
                if (step >= 0)
                    had[process] += of(process) * 0.01;
            }

            herd.Advance(TimeSpan.FromMilliseconds(10));
        }

        var ideal = 10.0 * permits / processes;
        Assert.InRange(had.Sum(), 0.97 * 10 * permits, 10 * permits);
        // Or a turn more or less, which may just have begun.
        var off = Math.Max(0.05 * ideal, ShareAllocator.TurnQuantum + 0.05);
        Assert.All(had, seconds => Assert.InRange(seconds, ideal - off, ideal + off));
    }

    /// <summary>Processes that do what they are told: come down to their target but for what is in flight, and use what they are granted.</summary>
    private sealed class Herd(LimitSpec limit)
    {
        private readonly Dictionary<int, (int Concurrency, int Target, int Rate, int RateTarget, double Tokens)> _processes = [];
        private readonly HashSet<string> _dead = [];
        private readonly Dictionary<int, int> _lives = [];
        private DateTimeOffset _now = Start;

        public LimitLedger Ledger { get; set; } = new(limit);

        public int Held => _processes.Values.Sum(process => process.Concurrency);

        public int RateUnits => _processes.Values.Sum(process => process.Rate);

        public double Tokens => _processes.Values.Sum(process => process.Tokens) + Ledger.FreeTokens;

        public bool IsStarved(int process) => _processes.TryGetValue(process, out var mine) && mine.Target > mine.Concurrency;

        public bool IsStarvedOfRate(int process) => _processes.TryGetValue(process, out var mine) && mine.RateTarget > mine.Rate;

        public int RateUnitsOf(int process) => _processes.GetValueOrDefault(process).Rate;

        public int Of(int process) => _processes.GetValueOrDefault(process).Concurrency;

        public void Advance(TimeSpan time)
        {
            _now += time;
            // A process that may not renew in time stops by itself.
            foreach (var holding in Ledger.Holdings.Where(holding => holding.ExpiresAt <= _now))
                _processes.Remove(holding.Owner[0] - '0');
        }

        public void Die(int process)
        {
            _dead.Add(Name(process));
            _processes.Remove(process);
            _lives[process] = _lives.GetValueOrDefault(process) + 1;
        }

        public void Renew(int process, int wanted, int inFlight) =>
            Renew(process, [new LimitRunShare("run", 1, wanted, 0) { WantedRateUnits = wanted }], inFlight);

        public void Renew(int process, IReadOnlyList<LimitRunShare> runs, int inFlight = 0)
        {
            var mine = _processes.GetValueOrDefault(process);
            var held = Math.Max(Math.Min(mine.Concurrency, mine.Target), Math.Min(inFlight, mine.Concurrency));
            var rate = Math.Min(mine.Rate, mine.RateTarget);
            var kept = Math.Min(mine.Tokens, rate);
            (Ledger, var grant) = LimitRenewal.Renew(
                Ledger, new LimitReport(Name(process), held, rate, mine.Tokens - kept, runs), _now, _dead.Contains);
            _processes[process] = (grant.Concurrency, grant.ConcurrencyTarget, grant.RateUnits, grant.RateUnitsTarget, kept + grant.Tokens);
        }

        private string Name(int process) => $"{process}#{_lives.GetValueOrDefault(process)}";
    }
}
