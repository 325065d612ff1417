using System.Collections.Concurrent;
using Fanout.Flow;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Limits;

/// <summary>Processes are holders over one store; time is virtual.</summary>
public sealed class LimitHolderTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<LimitHolder> _holders = [];
    private readonly List<BatchRig> _rigs = [];
    private readonly ConcurrentDictionary<string, int> _handled = new();
    private int _inFlight;
    private int _most;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 3)]
    [InlineData(4, 1)]
    public async Task RunsOfSeveralProcesses_NeverHaveMoreInFlightThanTheLimit(int processes, int runsEach)
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 4, null, 1));
        var work = new List<Task<BatchResult>>();
        for (var process = 0; process < processes; process++)
        {
            var holder = Holder(store, $"p{process}");
            for (var run = 0; run < runsEach; run++)
                work.Add(Run(holder, $"r{process}-{run}", 60, TimeSpan.FromMilliseconds(30)).WorkAsync(0, 60));
        }

        await AdvanceUntilDoneAsync(Task.WhenAll(work));

        Assert.Equal(4, _most);
        Assert.All(work, batch => Assert.Equal(60, batch.Result.Tally.Succeeded));
    }

    [Fact]
    public async Task StoreOverANetwork_IsTurnedToOnceASecond_AndTheLimitHoldsAllTheSame()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 4, null, 1)) { Beat = LimitBeat.OverANetwork };
        List<string> processes = ["p", "q"];
        var rigs = processes.Select(process => Run(Holder(store, process), process, 100_000, TimeSpan.FromMilliseconds(30))).ToList();
        var work = Task.WhenAll(rigs.Select(rig => rig.WorkAsync(0, 100_000)));

        await AdvanceAsync(TimeSpan.FromSeconds(3));
        _handled.Clear();
        var before = store.Calls;
        await AdvanceAsync(TimeSpan.FromSeconds(6));
        var calls = store.Calls - before;

        Assert.Equal(4, _most);
        Assert.InRange(_handled["p"] / (double)_handled["q"], 0.9, 1.1);
        Assert.InRange(calls, 2 * 5, 2 * 7);
        rigs.ForEach(rig => rig.Scope.StopHost());
        await AdvanceUntilDoneAsync(work);
    }

    [Fact]
    public async Task ManyRunsThatComeAndGo_DoNotTurnToAStoreOverANetworkMoreOften()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 4, null, 1)) { Beat = LimitBeat.OverANetwork };
        var holder = Holder(store, "p");
        await AdvanceAsync(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 40; i++)
        {
            Run(holder, $"r{i}", 1, TimeSpan.Zero);
            await AdvanceAsync(TimeSpan.FromMilliseconds(50));
        }

        // In two seconds, five in each at most, and the first at once.
        Assert.InRange(store.Calls, 2, 11);
    }

    [Fact]
    public async Task LimitThatIsNotAnswered_DoesNotHoldUpAnother()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1), new LimitSpec("db", 2, null, 1));
        var holder = Holder(store, "p");
        List<string> limits = ["crm-api", "db"];
        var rigs = limits.Select(limit => Run(holder, limit, 100_000, TimeSpan.FromMilliseconds(20), limit)).ToList();
        var work = Task.WhenAll(rigs.Select(rig => rig.WorkAsync(0, 100_000)));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        store.Hangs = "crm-api";
        await AdvanceAsync(LimitRenewal.Lease + TimeSpan.FromSeconds(3));
        for (var half = 0; half < 6; half++)
        {
            _handled.Clear();
            await AdvanceAsync(TimeSpan.FromMilliseconds(500));
            Assert.Equal(["db"], _handled.Keys);
        }

        rigs.ForEach(rig => rig.Scope.StopHost());
        await AdvanceUntilDoneAsync(work);
    }

    [Fact]
    public async Task SeveralLimits_AllHold()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 3, null, 1), new LimitSpec("db", 5, null, 1));
        var holder = Holder(store, "p");
        var both = Run(holder, "both", 40, TimeSpan.FromMilliseconds(30), "crm-api", "db").WorkAsync(0, 40);
        var one = Run(holder, "one", 40, TimeSpan.FromMilliseconds(30), "db").WorkAsync(0, 40);

        await AdvanceUntilDoneAsync(Task.WhenAll(both, one));

        Assert.InRange(_most, 4, 5);
        Assert.Equal((40, 40), ((await both).Tally.Succeeded, (await one).Tally.Succeeded));
    }

    [Theory]
    [InlineData(true, 3, 2)]
    [InlineData(false, 3, 2)]
    [InlineData(true, 5, 1)]
    [InlineData(false, 5, 1)]
    [InlineData(false, 100, 1)]
    public async Task ItemsDearerThanTheirRunOrLaneMayHave_CountInFullAgainstTheLimit(bool lanesShareProcess, int cost, int atOnce)
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 8, null, 1));
        var flow = new FlowSpec { Concurrency = 2, Cost = new CostSpec(cost, null), Limits = ["crm-api"] };
        var work = new List<Task<BatchResult>>();
        foreach (var process in (string[])["p", "q"])
        {
            var run = new BatchRig(
                BatchRig.Range(20, flow, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }) with { Id = process },
                (context, token) => HandleAsync(context, TimeSpan.FromMilliseconds(30), token), _time, lanesShareProcess: lanesShareProcess).Under(Holder(store, process));
            _rigs.Add(run);
            work.AddRange(Enumerable.Range(0, 2).Select(lane => run.WorkAsync(lane * 10, (lane + 1) * 10, key: $"b0001-l{lane:00}-00000", lane: lane, lanes: 2)));
        }

        await AdvanceUntilDoneAsync(Task.WhenAll(work));

        Assert.Equal(atOnce, _most);
        Assert.All(work, batch => Assert.Equal(10, batch.Result.Tally.Succeeded));
    }

    [Fact]
    public async Task ItemDearerThanOneOfItsLimits_CountsInFullAgainstTheOther()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 3, null, 1), new LimitSpec("db", 8, null, 1));
        var holder = Holder(store, "p");
        var units = 0;
        var most = 0;
        var work = new List<Task<BatchResult>>();
        foreach (var (run, cost, limits) in (IEnumerable<(string, int, List<string>)>)[("both", 5, ["crm-api", "db"]), ("one", 4, ["db"])])
        {
            var flow = new FlowSpec { Concurrency = 4, Cost = new CostSpec(cost, null), Limits = limits };
            var rig = new BatchRig(BatchRig.Range(20, flow, batch: new BatchSpec { Slice = TimeSpan.FromMinutes(5) }) with { Id = run }, async (context, token) =>
            {
                most = Math.Max(most, Interlocked.Add(ref units, cost));
                await HandleAsync(context, TimeSpan.FromMilliseconds(30), token);
                Interlocked.Add(ref units, -cost);
                return null;
            }, _time).Under(holder);
            _rigs.Add(rig);
            work.Add(rig.WorkAsync(0, 20));
        }

        await AdvanceUntilDoneAsync(Task.WhenAll(work));

        Assert.InRange(most, 5, 8);
        Assert.All(work, batch => Assert.Equal(20, batch.Result.Tally.Succeeded));
    }

    [Fact]
    public async Task Rate_IsSharedByAll_AndHoldsOverEveryWindow()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", null, new Rate(50, TimeSpan.FromSeconds(1)), 5));
        var starts = new ConcurrentQueue<TimeSpan>();
        var origin = _time.GetTimestamp();
        var work = new List<Task>();
        foreach (var process in new[] { "p", "q" })
        {
            var holder = Holder(store, process);
            foreach (var run in new[] { "a", "b" })
            {
                var rig = Run(holder, process + run, 50, TimeSpan.Zero);
                rig.Handle = (context, _) =>
                {
                    starts.Enqueue(_time.GetElapsedTime(origin));
                    return ValueTask.FromResult<string?>(null);
                };
                work.Add(rig.WorkAsync(0, 50));
            }
        }

        await AdvanceUntilDoneAsync(Task.WhenAll(work));

        var at = starts.Order().ToArray();
        Assert.Equal(200, at.Length);
        for (var first = 0; first < at.Length; first++)
        {
            for (var last = first; last < at.Length; last++)
                Assert.True(last - first + 1 <= 5 + (50 * (at[last] - at[first]).TotalSeconds) + 1e-6, $"{last - first + 1} starts in {at[last] - at[first]}");
        }

        Assert.InRange(at[^1].TotalSeconds, 3.8, 4.6);
    }

    [Fact]
    public async Task Weights_DivideAContendedLimit()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 8, null, 1));
        var light = Run(Holder(store, "p"), "light", 10_000, TimeSpan.FromMilliseconds(20));
        var heavy = Run(Holder(store, "q"), "heavy", 10_000, TimeSpan.FromMilliseconds(20), weight: 3);
        var work = Task.WhenAll(light.WorkAsync(0, 10_000), heavy.WorkAsync(0, 10_000));

        await AdvanceAsync(TimeSpan.FromSeconds(1));
        _handled.Clear();
        await AdvanceAsync(TimeSpan.FromSeconds(4));

        Assert.InRange(_handled["heavy"] / (double)_handled["light"], 2.7, 3.3);
        light.Scope.StopHost();
        heavy.Scope.StopHost();
        await AdvanceUntilDoneAsync(work);
    }

    [Fact]
    public async Task ItemThatIsThrottled_HoldsUpEveryRunUnderTheLimit_InEveryProcess()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 4, null, 1));
        var throttled = Run(Holder(store, "p"), "a", 40, TimeSpan.FromMilliseconds(20));
        var other = Run(Holder(store, "q"), "b", 4_000, TimeSpan.FromMilliseconds(20));
        var isThrottled = 0;
        throttled.Handle = async (context, cancellationToken) =>
        {
            await HandleAsync(context, TimeSpan.FromMilliseconds(20), cancellationToken);
            return context.Index < 20 || Interlocked.Exchange(ref isThrottled, 1) == 1 ? null : throw new ThrottledItemException(TimeSpan.FromSeconds(3), "slower");
        };
        var work = Task.WhenAll(throttled.WorkAsync(0, 40), other.WorkAsync(0, 4_000));
        while (Volatile.Read(ref isThrottled) == 0)
            await StepAsync();

        // The other process hears of it with its next beat.
        await AdvanceAsync(TimeSpan.FromMilliseconds(500));
        _handled.Clear();
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Empty(_handled);
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(["a", "b"], _handled.Keys.Order(StringComparer.Ordinal));
        throttled.Scope.StopHost();
        other.Scope.StopHost();
        await AdvanceUntilDoneAsync(work);
    }

    [Fact]
    public async Task ProcessThatDied_GivesItsShareBack()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1));
        await store.UpdateAsync(
            "crm-api",
            ledger => (LimitRenewal.Renew(ledger!, new LimitReport("killed", 0, 0, 0, [new LimitRunShare("x", 1, 9, 0)]), _time.GetUtcNow(), _ => false).Ledger, true),
            CancellationToken.None);
        var work = Run(Holder(store, "p"), "a", 10, TimeSpan.FromMilliseconds(20)).WorkAsync(0, 10);

        await AdvanceAsync(LimitRenewal.Lease - TimeSpan.FromMilliseconds(200));
        Assert.Empty(_handled);
        await AdvanceAsync(TimeSpan.FromMilliseconds(400));
        Assert.NotEmpty(_handled);
        await AdvanceUntilDoneAsync(work);
    }

    [Fact]
    public async Task StoreThatIsGone_StopsNewStartsWhenTheLeaseIsOver_AndNothingIsLostWhenItIsBack()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1));
        var work = Run(Holder(store, "p"), "a", 1_000, TimeSpan.FromMilliseconds(20)).WorkAsync(0, 1_000);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        store.IsBroken = true;
        await AdvanceAsync(LimitRenewal.Lease + TimeSpan.FromMilliseconds(300));
        var then = _handled["a"];
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(then, _handled["a"]);

        store.IsBroken = false;
        await AdvanceUntilDoneAsync(work);
        Assert.Equal(2, _most);
    }

    [Fact]
    public async Task LimitSetAnew_IsFeltAtTheNextBeats()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1));
        var rig = Run(Holder(store, "p"), "a", 100_000, TimeSpan.FromMilliseconds(20));
        var work = rig.WorkAsync(0, 100_000);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _most);

        await store.UpdateAsync("crm-api", ledger => (ledger!.With(new LimitSpec("crm-api", 7, null, 1)), true), CancellationToken.None);
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(7, _most);
        await store.UpdateAsync("crm-api", ledger => (ledger!.With(new LimitSpec("crm-api", 1, null, 1)), true), CancellationToken.None);
        await AdvanceAsync(TimeSpan.FromMilliseconds(400));
        _most = 0;
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(1, _most);
        rig.Scope.StopHost();
        await AdvanceUntilDoneAsync(work);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
        foreach (var holder in _holders)
            await holder.DisposeAsync();
    }

    private LimitHolder Holder(TestLimitStore store, string owner)
    {
        var holder = new LimitHolder(store, owner, _ => false, _time);
        _holders.Add(holder);
        return holder;
    }

    private BatchRig Run(LimitHolder holder, string id, long items, TimeSpan duration, params string[] limits) => Run(holder, id, items, duration, 1, limits);

    private BatchRig Run(LimitHolder holder, string id, long items, TimeSpan duration, double weight, params string[] limits)
    {
        var flow = new FlowSpec { Concurrency = 16, Limits = limits is [] ? ["crm-api"] : limits, Weight = weight };
        var batch = new BatchSpec { Slice = TimeSpan.FromMinutes(5) };
        var rig = new BatchRig(BatchRig.Range(items, flow, batch: batch) with { Id = id }, (context, token) => HandleAsync(context, duration, token), _time).Under(holder);
        _rigs.Add(rig);
        return rig;
    }

    private async ValueTask<string?> HandleAsync(ItemContext context, TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = Interlocked.Increment(ref _inFlight);
        for (var seen = Volatile.Read(ref _most); now > seen; seen = Volatile.Read(ref _most))
            Interlocked.CompareExchange(ref _most, now, seen);
        await Task.Delay(duration, _time, cancellationToken);
        Interlocked.Decrement(ref _inFlight);
        _handled.AddOrUpdate(context.RunId, 1, (_, count) => count + 1);
        return null;
    }

    private async Task AdvanceAsync(TimeSpan time)
    {
        for (var step = TimeSpan.Zero; step < time; step += TimeSpan.FromMilliseconds(10))
            await StepAsync();
    }

    private async Task AdvanceUntilDoneAsync(Task work)
    {
        while (!work.IsCompleted)
            await StepAsync();
        await work;
    }

    // A moment of real time to each step, for the threads that the step set going.
    private async Task StepAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }
}
