using Fanout.Flow;
using Fanout.Processing.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Limits;

/// <summary>What one process has of a limit, between its runs.</summary>
public sealed class SharedLimitRunsTests : IAsyncDisposable
{
    private static readonly LimitSpec Places = new("crm-api", 10, null, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly List<BatchRig> _rigs = [];
    private readonly SharedLimit _limit;
    private int _timesDown;

    public SharedLimitRunsTests() => _limit = new SharedLimit("crm-api", _time, () => _timesDown++);

    [Fact]
    public void WhatThereIsMore_IsDividedToo()
    {
        var ((one, _), (other, _)) = (Join(), Join());
        _limit.Accept(Granted(4));
        Assert.Equal((2, 2), (one.Cap, other.Cap));
        _limit.Accept(Granted(8));
        Assert.Equal((4, 4), (one.Cap, other.Cap));
    }

    [Fact]
    public void PartOfARunThatLeaves_IsTheOthersAtOnce()
    {
        var ((one, _), (other, _)) = (Join(), Join());
        _limit.Accept(Granted(4));
        _limit.Leave(one);
        Assert.Equal((4, false), (other.Cap, _limit.IsUnused));
    }

    [Fact]
    public void RunThatLeaves_IsNotWaitedForByThoseAfterIt()
    {
        var ((one, _), (other, _)) = (Join(), Join());
        var starts = new LimitSpec("crm-api", null, Rate.Parse("10/s"), 1);
        _limit.Accept(new LimitGrant(starts, _time.GetUtcNow() + LimitRenewal.Lease, 0, 0, 1, 1, 1) { TokensPerSecond = 10 });
        _limit.Pacer.SetWaiting(one.Turn, waits: true);
        Assert.True(_limit.Pacer.TryTake(other.Turn, 1));
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.NotEqual(TimeSpan.Zero, _limit.Pacer.WaitFor(other.Turn, 1));
        _limit.Leave(one);
        Assert.Equal(TimeSpan.Zero, _limit.Pacer.WaitFor(other.Turn, 1));
    }

    [Fact]
    public void WhatIsFree_IsGivenOnce()
    {
        var (one, slots) = Join();
        _limit.Accept(Granted(6));
        Assert.Equal(6, slots.InUse);
        var ((other, _), (third, _)) = (Join(), Join());
        _limit.Divide();
        Assert.Equal((2, 0, 0), (one.Cap, other.Cap, third.Cap));
        slots.Release();
        _limit.Divide();
        Assert.Equal((2, 1, 0), (one.Cap, other.Cap, third.Cap));
    }

    [Fact]
    public void PartOfARunThatWantsNoMore_IsTheOthers_WhenItReports()
    {
        var ((one, slots), (other, _)) = (Join(), Join());
        _limit.Accept(Granted(6));
        slots.Want(0);
        for (var slot = 0; slot < 3; slot++)
            slots.Release();
        Assert.Equal((3, 3), (one.Cap, other.Cap));
        var report = _limit.Report("p");
        Assert.Equal((0, 6, 6), (one.Cap, other.Cap, report.HeldConcurrency));
    }

    [Fact]
    public void ProcessIsDown_WhenAllItsRunsTogetherAre()
    {
        var ((_, one), (_, other)) = (Join(), Join());
        _limit.Accept(Granted(6));
        Assert.Equal((3, 3), (one.InUse, other.InUse));
        _limit.Accept(Granted(6, target: 4));
        Assert.Equal((6, 0), (_limit.Report("p").HeldConcurrency, _timesDown));

        one.Release();
        Assert.Equal((5, 0), (_limit.Report("p").HeldConcurrency, _timesDown));
        other.Release();
        _limit.Divide();
        Assert.Equal((4, 1), (_limit.Report("p").HeldConcurrency, _timesDown));
    }

    [Fact]
    public void RunsThatHaveLessThanAPlaceEach_TakeTurns_ButNotAtEveryMoment()
    {
        var ((one, holder), (other, _)) = (Join(), Join());
        _limit.Accept(Granted(1));
        Assert.Equal((1, 0), (one.Cap, other.Cap));
        Pass(9);
        Assert.Equal((1, 0), (one.Cap, other.Cap));
        Pass(3);
        // What the first has in flight is waited for.
        Assert.Equal((0, 0), (one.Cap, other.Cap));
        holder.Release();
        _limit.Divide();
        Assert.Equal((0, 1), (one.Cap, other.Cap));
    }

    [Fact]
    public async Task ItemDearerThanTheLimit_HasAllOfIt_AndNoMore()
    {
        var (member, slots) = Join(wanted: 1);
        _limit.Accept(Granted(10));
        Assert.Equal((1, 1), (member.Cap, slots.InUse));
        var exchange = slots.ExchangeAsync(12, CancellationToken.None);
        Assert.Equal(10, member.Unit);
        _limit.Divide();
        Assert.Equal(12, await exchange);
        Assert.Equal((10, 10, 12), (member.Held, _limit.Report("p").HeldConcurrency, slots.InUse));
    }

    [Fact]
    public async Task LimitThatIsRaised_IsAnotherWhole_AlsoWhereTheRunsPartStays()
    {
        var (member, slots) = Join(wanted: 1);
        _limit.Accept(Granted(10));
        var exchange = slots.ExchangeAsync(12, CancellationToken.None);
        _limit.Divide();
        Assert.Equal(12, await exchange);
        Assert.Equal((10, 10), (member.Held, member.Cap));
        _limit.Accept(Granted(10) with { Limit = Places with { Concurrency = 20 } });
        Assert.Equal((12, 10, 12), (member.Held, member.Cap, _limit.Report("p").HeldConcurrency));
    }

    [Fact]
    public void WhatARunIsAsked_IsAskedOfAllItsLimits()
    {
        var other = new SharedLimit("db", _time, () => { });
        var (member, _) = Join();
        var throttles = new LimitThrottles([other.Join(_rigs[0].Scope), member]);
        Assert.False(throttles.IsActive);
        throttles.NoteSuccess(default);
        Assert.Equal((true, true), (_limit.Report("p").HasSucceeded, other.Report("p").HasSucceeded));
        throttles.NoteThrottled(default, TimeSpan.FromSeconds(2));
        Assert.True(throttles.IsActive);
        Assert.Equal((true, TimeSpan.FromSeconds(2)), (_limit.Report("p").WasThrottled, other.Report("p").RetryAfter));
        Assert.False(throttles.IsActive);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
    }

    private (LimitMember Member, SlotClient Slots) Join(int wanted = 6)
    {
        var rig = new BatchRig(BatchRig.Range(1), (_, _) => ValueTask.FromResult<string?>(null), _time);
        _rigs.Add(rig);
        var member = _limit.Join(rig.Scope);
        var slots = rig.Scope.Pool.Join(() => { });
        slots.Want(wanted);
        return (member, slots);
    }

    private void Pass(int hundredths)
    {
        for (var hundredth = 0; hundredth < hundredths; hundredth++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            _limit.Divide();
        }
    }

    private LimitGrant Granted(int places, int? target = null) =>
        new(Places, _time.GetUtcNow() + LimitRenewal.Lease, places, target ?? places, 0, 0, 0);
}
