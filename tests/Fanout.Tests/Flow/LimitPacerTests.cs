using CsCheck;
using Fanout.Flow;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class LimitPacerTests
{
    [Fact]
    public void UnitsThatMoveBetweenProcesses_NeverMakeMoreThanBurstPlusRateTimesTime() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 8], Gen.Select(Gen.Int[0, 100], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[1, 8]).Array[1, 80])
            .Sample((perSecond, burst, moves) =>
            {
                var time = new FakeTimeProvider();
                var perUnit = (double)perSecond / burst;
                var pacers = Enumerable.Range(0, 3).Select(_ => new LimitPacer(time)).ToArray();
                var turns = pacers.Select(pacer => pacer.Join()).ToArray();
                pacers[0].Hold(burst, perUnit, burst);
                var starts = new List<TimeSpan>();
                var origin = time.GetTimestamp();
                foreach (var (pause, from, to, units) in moves)
                {
                    time.Advance(TimeSpan.FromMilliseconds(pause));
                    for (var i = 0; i < 3; i++)
                    {
                        while (pacers[i].TryTake(turns[i], 1))
                            starts.Add(time.GetElapsedTime(origin));
                    }

                    var moved = from == to ? 0 : Math.Min(units, pacers[from].Units);
                    var tokens = pacers[from].Hold(pacers[from].Units - moved, perUnit, 0);
                    pacers[to].Hold(pacers[to].Units + moved, perUnit, tokens);
                }

                AssertEveryWindowHolds(starts, burst, perSecond);
            }, iter: 300);

    [Fact]
    public void TokensOfUnitsThatAreGivenUp_LeaveWithThem()
    {
        var time = new FakeTimeProvider();
        var pacer = new LimitPacer(time);
        pacer.Hold(10, 1, 10);

        Assert.Equal(6, pacer.Hold(4, 1, 0), 6);
        Assert.Equal(0, pacer.Hold(10, 1, 0), 6);
        var turn = pacer.Join();
        Assert.Equal(4, Enumerable.Range(0, 10).Count(_ => pacer.TryTake(turn, 1)));
    }

    [Fact]
    public void WithoutUnits_NothingStartsUntilSomeCome()
    {
        var time = new FakeTimeProvider();
        var pacer = new LimitPacer(time);
        var turn = pacer.Join();
        var changed = pacer.Changed;

        Assert.False(pacer.TryTake(turn, 1));
        Assert.True(pacer.WaitFor(turn, 1) > TimeSpan.Zero);
        pacer.Hold(1, 1, 1);

        Assert.True(changed.IsCompletedSuccessfully);
        Assert.Equal(TimeSpan.Zero, pacer.WaitFor(turn, 1));
        Assert.True(pacer.TryTake(turn, 1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 10)]
    public void RunsThatWait_StartInProportionToTheirWeights(double first, double second)
    {
        var time = new FakeTimeProvider();
        var pacer = new LimitPacer(time);
        pacer.Hold(5, 20, 0);
        LimitTurn[] turns = [pacer.Join(), pacer.Join()];
        (turns[0].Weight, turns[1].Weight) = (first, second);
        for (var i = 0; i < 2_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            foreach (var turn in turns)
                pacer.SetWaiting(turn, waits: true);
            while (Array.Exists(turns, turn => pacer.TryTake(turn, 1)))
            {
                foreach (var turn in turns)
                    pacer.SetWaiting(turn, waits: true);
            }
        }

        Assert.InRange(turns.Sum(turn => turn.Started), 990, 1_000);
        Assert.InRange(turns[0].Started / (double)turns[1].Started, 0.97 * first / second, 1.03 * first / second);
    }

    [Fact]
    public void RunThatDoesNotWait_HoldsUpNobody_AndSavesUpNoTurns()
    {
        var time = new FakeTimeProvider();
        var pacer = new LimitPacer(time);
        pacer.Hold(1, 10, 0);
        LimitTurn idle = pacer.Join(), busy = pacer.Join();
        Assert.Equal(100, Starts(busy, 100));

        var inARow = 0;
        for (pacer.SetWaiting(busy, waits: true); inARow < 10; inARow++)
        {
            pacer.SetWaiting(idle, waits: true);
            time.Advance(TimeSpan.FromMilliseconds(101));
            if (!pacer.TryTake(idle, 1))
                break;
        }

        Assert.InRange(inARow, 1, 2);
        Assert.True(pacer.TryTake(busy, 1));

        int Starts(LimitTurn turn, int steps) => Enumerable.Range(0, steps).Count(_ =>
        {
            time.Advance(TimeSpan.FromMilliseconds(101));
            return pacer.TryTake(turn, 1);
        });
    }

    [Fact]
    public void StartReturned_IsThereForAnother()
    {
        var pacer = new LimitPacer(new FakeTimeProvider());
        pacer.Hold(1, 1, 1);
        var turn = pacer.Join();
        Assert.True(pacer.TryTake(turn, 1));
        Assert.False(pacer.TryTake(turn, 1));

        pacer.Return(turn, 1);

        Assert.Equal((0L, true), (turn.Started, pacer.TryTake(turn, 1)));
    }

    [Fact]
    public void StartReturned_CostsTheRunNoTurn()
    {
        var pacer = new LimitPacer(new FakeTimeProvider());
        pacer.Hold(4, 1, 4);
        LimitTurn first = pacer.Join(), second = pacer.Join();
        (first.Weight, second.Weight) = (0.5, 1);
        pacer.SetWaiting(second, waits: true);
        Assert.True(pacer.TryTake(first, 1));
        Assert.False(pacer.TryTake(first, 1));

        pacer.Return(first, 1);

        Assert.True(pacer.TryTake(first, 1));
    }

    [Fact]
    public void StartReturnedWhenTheTokenIsBackAnyway_GivesNoneAway()
    {
        var time = new FakeTimeProvider();
        var pacer = new LimitPacer(time);
        pacer.Hold(1, 1, 1);
        var turn = pacer.Join();
        Assert.True(pacer.TryTake(turn, 1));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, pacer.WaitFor(turn, 1));

        pacer.Return(turn, 1);

        Assert.True(pacer.TryTake(turn, 1));
        Assert.False(pacer.TryTake(turn, 1));
    }

    [Fact]
    public void Wait_IsForTheTokens_OrForTheTurn_OrASecondWhereNeitherWillCome()
    {
        var pacer = new LimitPacer(new FakeTimeProvider());
        LimitTurn first = pacer.Join(), second = pacer.Join();
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.WaitFor(first, 1));
        pacer.Hold(1, tokensPerSecond: 0, 0);
        Assert.Equal(TimeSpan.FromSeconds(1), pacer.WaitFor(first, 1));

        pacer.Hold(2, tokensPerSecond: 5, 0);
        Assert.Equal(TimeSpan.FromMilliseconds(100) + TimeSpan.FromTicks(1), pacer.WaitFor(first, 1));
        Assert.Equal(TimeSpan.FromMilliseconds(200) + TimeSpan.FromTicks(1), pacer.WaitFor(first, 9));
        pacer.Hold(2, tokensPerSecond: 1e-9, 0);
        Assert.Equal(TimeSpan.FromHours(1) + TimeSpan.FromTicks(1), pacer.WaitFor(first, 1));

        pacer.Hold(2, tokensPerSecond: 5, 2);
        Assert.True(pacer.TryTake(first, 1));
        pacer.SetWaiting(second, waits: true);
        Assert.Equal((TimeSpan.FromMilliseconds(20), TimeSpan.Zero), (pacer.WaitFor(first, 1), pacer.WaitFor(second, 1)));
    }

    [Fact]
    public void WhoeverWaits_IsToldOfWhateverMayMakeItItsTurn()
    {
        var pacer = new LimitPacer(new FakeTimeProvider());
        pacer.Hold(2, 1, 2);
        LimitTurn first = pacer.Join(), second = pacer.Join();

        AssertTells(true, () => pacer.TryTake(first, 1));
        AssertTells(true, () => pacer.Return(first, 1));
        AssertTells(false, () => pacer.SetWaiting(second, waits: false));
        AssertTells(false, () => pacer.SetWaiting(second, waits: true));
        AssertTells(true, () => pacer.SetWaiting(second, waits: false));
        AssertTells(true, () => pacer.Leave(second));
        AssertTells(true, () => pacer.Hold(3, 1, 0));
        AssertTells(false, () => pacer.Hold(3, 1, 0));
        AssertTells(true, () => pacer.Hold(3, 2, 0));

        void AssertTells(bool tells, Action change)
        {
            Task[] waiting = [pacer.Changed, pacer.Changed];
            change();
            Assert.All(waiting, changed => Assert.Equal(tells, changed.IsCompleted));
        }
    }

    [Fact]
    public void RunThatLeft_HoldsUpNobody()
    {
        var pacer = new LimitPacer(new FakeTimeProvider());
        pacer.Hold(2, 1, 2);
        LimitTurn gone = pacer.Join(), busy = pacer.Join();
        pacer.SetWaiting(gone, waits: true);
        Assert.True(pacer.TryTake(busy, 1));
        Assert.False(pacer.TryTake(busy, 1));

        pacer.Leave(gone);

        Assert.True(pacer.TryTake(busy, 1));
    }

    [Fact]
    public void Observation_TellsOfAWaitThatIsOver_OnceAndOfOneThatIsNotEachTime()
    {
        var pacer = new LimitPacer(new FakeTimeProvider());
        var turn = pacer.Join();
        Assert.Equal((0L, false), pacer.Observe(turn));
        Wait(true, false);
        Assert.Equal([true, false], [pacer.Observe(turn).HasWaited, pacer.Observe(turn).HasWaited]);
        Wait(true, false, true);
        Assert.Equal([true, true], [pacer.Observe(turn).HasWaited, pacer.Observe(turn).HasWaited]);

        void Wait(params bool[] waits)
        {
            foreach (var now in waits)
                pacer.SetWaiting(turn, now);
        }
    }

    private static void AssertEveryWindowHolds(List<TimeSpan> starts, int burst, double perSecond)
    {
        for (var first = 0; first < starts.Count; first++)
        {
            for (var last = first; last < starts.Count; last++)
            {
                var allowed = burst + (perSecond * (starts[last] - starts[first]).TotalSeconds);
                Assert.True(last - first + 1 <= allowed + 1e-6, $"{last - first + 1} starts where {allowed} are allowed");
            }
        }
    }
}
