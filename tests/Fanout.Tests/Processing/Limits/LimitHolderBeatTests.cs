using Fanout.Flow;
using Fanout.Processing.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Limits;

/// <summary>When a process turns to the store of limits. The holder's clock stands still but for the test, which waits until the holder does.</summary>
public sealed class LimitHolderBeatTests : IAsyncDisposable
{
    private static readonly LimitBeat Network = LimitBeat.OverANetwork;
    private static readonly LimitBeat Machine = LimitBeat.OnThisMachine;

    private readonly WatchedTime _time = new();
    private readonly List<BatchRig> _rigs = [];
    private LimitHolder? _holder;

    [Fact]
    public async Task RunThatComesBetweenTwoBeats_HasItsShareAtOnce()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1), new LimitSpec("db", 2, null, 1)) { Beat = Network };
        await BeginAsync(store);
        Assert.Equal(1, _rigs[0].Scope.Limits[0].Cap);

        _time.Advance(TimeSpan.FromMilliseconds(500));
        var late = Run("b", "db");
        await BatchRig.UntilAsync(() => late.Cap == 1);
    }

    [Fact]
    public async Task RunsWithoutLimits_ComeAndGoWithoutTurningToTheStore()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1)) { Beat = Network };
        await BeginAsync(store);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        for (var run = 0; run < 5; run++)
        {
            await using var free = new BatchRig(BatchRig.Range(50), (_, _) => ValueTask.FromResult<string?>(null)).Under(_holder!);
            Assert.Equal(50, (await free.WorkAsync(0, 50)).Tally.Succeeded);
        }

        Assert.Equal((2, 0), (store.Calls, store.Looks));
    }

    [Fact]
    public async Task WhileOthersHaveToComeDown_ItOnlyLooks_AndTakesWhatTheyLeave()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1)) { Beat = Network };
        var member = await BeginBehindAnotherAsync(store);
        for (var look = 1; look <= 3; look++)
        {
            _time.Advance(Network.Look);
            await BatchRig.UntilAsync(() => store.Looks == look);
            await _time.UntilWaitsAsync(Network.Look);
        }

        Assert.Equal((6, 0), (store.Calls, member.Cap));
        await store.UpdateAsync("crm-api", ledger => (LimitRenewal.Leave(ledger!, "other", 0, _time.GetUtcNow()), true), CancellationToken.None);
        _time.Advance(Network.Look - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, member.Cap);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await BatchRig.UntilAsync(() => member.Cap == 1);
    }

    [Fact]
    public async Task LookThatComesLate_IsABeat()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1)) { Beat = Network };
        await BeginBehindAnotherAsync(store);
        _time.Advance(Network.Renew);
        await BatchRig.UntilAsync(() => store.Calls - store.Looks == 4);
        await _time.UntilWaitsAsync(Network.Look);
    }

    [Fact]
    public async Task WhatARunHasComeDownTo_IsToldAtOnce()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1)) { Beat = Network };
        var rig = new BatchRig(BatchRig.Range(1, new FlowSpec { Concurrency = 8, Limits = ["crm-api"] }), (_, _) => ValueTask.FromResult<string?>(null), new FakeTimeProvider());
        _rigs.Add(rig);
        var slots = rig.Under(Holder(store)).Scope.Pool.Join(() => { });
        slots.Want(6);
        await ComeToRestAsync(store);
        Assert.Equal(2, slots.InUse);
        await CrowdAsync(store);
        _time.Advance(Network.Renew);
        await BatchRig.UntilAsync(() => store.Calls == 4);
        await _time.UntilWaitsAsync(Network.Renew);
        Assert.Equal((1, 2), (rig.Scope.Limits[0].Cap, slots.InUse));

        _time.Advance(TimeSpan.FromMilliseconds(500));
        slots.Release();
        await BatchRig.UntilAsync(() => store.Calls == 5);
    }

    [Fact]
    public async Task RunThatIsClosed_LeavesItsLimits_AndNobodyTurnsToThemAnyMore()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1));
        var member = Run("a", "crm-api", Holder(store));
        await BatchRig.UntilAsync(() => member.Cap == 1);
        Assert.Equal(["p"], store.Owners);

        await _rigs[0].DisposeAsync();
        _rigs.Clear();
        await BatchRig.UntilAsync(() => store.Owners is []);
        await _time.UntilWaitsAsync(Machine.Renew);
        var calls = store.Calls;
        for (var beat = 0; beat < 3; beat++)
        {
            var made = _time.Made;
            _time.Advance(Machine.Renew);
            await BatchRig.UntilAsync(() => _time.Made > made);
            await _time.UntilWaitsAsync(Machine.Renew);
        }

        Assert.Equal(calls, store.Calls);
    }

    [Fact]
    public async Task ProcessThatEnds_GivesItsSharesBack()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1));
        var holder = Holder(store);
        var member = Run("a", "crm-api", holder);
        await BatchRig.UntilAsync(() => member.Cap == 1);
        _holder = null;
        await holder.DisposeAsync();
        Assert.Empty(store.Owners);
        _rigs[0].Scope.StopHost();
    }

    [Fact]
    public async Task ProcessWithoutLimits_EndsWithoutTurningToTheStore()
    {
        var store = new TestLimitStore();
        await new LimitHolder(store, "p", _ => false, _time).DisposeAsync();
        Assert.Equal((0, 0), (store.Calls, _time.Made));
    }

    [Fact]
    public async Task StoreThatDoesNotAnswer_IsAskedAgain_BeforeAShareIsOver()
    {
        var store = new TestLimitStore(new LimitSpec("crm-api", 2, null, 1)) { Hangs = "crm-api" };
        var member = Run("a", "crm-api", Holder(store));
        await BatchRig.UntilAsync(() => store.Calls == 1);
        _time.Advance(LimitRenewal.Lease / 2);
        await BatchRig.UntilAsync(() => store.Calls == 2);
        store.Hangs = null;
        _time.Advance(LimitRenewal.Lease / 2);
        await _time.UntilWaitsAsync(Machine.Renew);
        _time.Advance(Machine.Renew);
        await BatchRig.UntilAsync(() => member.Cap == 1);
    }

    public async ValueTask DisposeAsync()
    {
        // What hangs ends.
        _time.Advance(TimeSpan.FromMinutes(1));
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
        if (_holder is not null)
            await _holder.DisposeAsync();
    }

    private LimitHolder Holder(TestLimitStore store) => _holder = new LimitHolder(store, "p", _ => false, _time);

    private async Task BeginAsync(TestLimitStore store)
    {
        Run("a", "crm-api", Holder(store));
        await ComeToRestAsync(store);
    }

    // The run that came has its share; nothing is to be done before the next beat.
    private async Task ComeToRestAsync(TestLimitStore store)
    {
        await _time.UntilWaitsAsync(Network.Apart, Network.Renew);
        Assert.Equal(1, store.Calls);
        _time.Advance(Network.Apart);
        await BatchRig.UntilAsync(() => store.Calls == 2);
        await _time.UntilWaitsAsync(Network.Renew);
    }

    // Another process has all there is, and has to come down.
    private async Task<LimitMember> BeginBehindAnotherAsync(TestLimitStore store)
    {
        await CrowdAsync(store);
        var member = Run("a", "crm-api", Holder(store));
        await _time.UntilWaitsAsync(Network.Apart, Network.Look);
        _time.Advance(Network.Apart);
        await BatchRig.UntilAsync(() => store.Calls == 3);
        await _time.UntilWaitsAsync(Network.Look);
        return member;
    }

    // Another process wants more than there is, and takes what is free.
    private Task<bool> CrowdAsync(TestLimitStore store) => store.UpdateAsync(
        "crm-api",
        ledger => (LimitRenewal.Renew(ledger!, new LimitReport("other", 0, 0, 0, [new LimitRunShare("x", 1, 9, 0)]), _time.GetUtcNow(), _ => false).Ledger, true),
        CancellationToken.None);

    // It wants a place, and whatever the limit lets it have has none.
    private LimitMember Run(string id, string limit, LimitHolder? holder = null)
    {
        var spec = BatchRig.Range(1, new FlowSpec { Concurrency = 8, Limits = [limit] }) with { Id = id };
        var rig = new BatchRig(spec, (_, _) => ValueTask.FromResult<string?>(null), new FakeTimeProvider());
        _rigs.Add(rig);
        rig.Scope.Caps.Set("adaptive", 0);
        rig.Scope.Pool.Join(() => { }).Want(6);
        return rig.Under(holder ?? _holder!).Scope.Limits[0];
    }
}
