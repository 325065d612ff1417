using Fanout.Flow;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Limits;

/// <summary>A limit as one process has it: what it was told, and what it says.</summary>
public sealed class SharedLimitTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly LimitSpec Places = new("crm-api", 10, null, 1);
    private static readonly LimitSpec Starts = new("crm-api", null, Rate.Parse("10/s"), 5);

    private readonly FakeTimeProvider _time = new();
    private readonly BatchRig _rig;
    private readonly SharedLimit _limit;
    private readonly LimitMember _member;
    private int _timesDown;

    public SharedLimitTests()
    {
        _rig = new BatchRig(BatchRig.Range(1), (_, _) => ValueTask.FromResult<string?>(null), _time);
        _limit = new SharedLimit("crm-api", _time, () => _timesDown++);
        _member = _limit.Join(_rig.Scope);
        _rig.Scope.Pool.Join(() => { }).Want(6);
    }

    [Fact]
    public void UntilItIsKnown_NothingStarts()
    {
        Assert.Equal((0, false, false), (_member.Cap, _limit.IsPaced, _limit.IsUnused));
        _limit.Accept(Granted(Places, 4));
        Assert.Equal((4, false), (_member.Cap, _limit.IsPaced));
        _limit.Accept(null);
        Assert.Equal(0, _member.Cap);
        _limit.Leave(_member);
        Assert.True(_limit.IsUnused);
    }

    [Fact]
    public void Lease_ThatIsOver_StopsNewStarts()
    {
        _limit.Accept(Granted(Places, 4));
        Assert.Equal(4, CapAfter(LimitRenewal.Lease - TimeSpan.FromTicks(1)));
        Assert.Equal(0, CapAfter(TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Throttle_StopsStartsHereAtOnce_AndIsToldOnce()
    {
        _limit.Accept(Granted(Places, 4));
        _limit.NoteThrottled(2 * Second);
        Assert.Equal((0, true), (_member.Cap, _limit.IsSlowedDown));
        var report = _limit.Report("p");
        Assert.Equal((true, 2 * Second, false), (report.WasThrottled, report.RetryAfter, report.HasSucceeded));

        _limit.NoteSuccess();
        report = _limit.Report("p");
        Assert.Equal((false, null, true), (report.WasThrottled, report.RetryAfter, report.HasSucceeded));
        Assert.False(_limit.Report("p").HasSucceeded);
        _limit.Accept(Granted(Places, 4));
        Assert.Equal((4, false), (_member.Cap, _limit.IsSlowedDown));
    }

    [Fact]
    public void Throttle_ThatTheAnswerDoesNotKnowOf_Stays()
    {
        _limit.Accept(Granted(Places, 4));
        _limit.NoteThrottled(2 * Second);
        // Asked for before, and answered after.
        _limit.Accept(Granted(Places, 4));
        Assert.Equal(0, _member.Cap);
        _limit.Accept(Granted(Places, 4) with { BlockedUntil = _time.GetUtcNow() + Second });
        Assert.Equal(0, CapAfter(1.5 * Second));
        _limit.Accept(Granted(Places, 4) with { BlockedUntil = _time.GetUtcNow() + (3 * Second) });
        Assert.Equal(0, CapAfter(2 * Second));
        Assert.Equal(4, CapAfter(Second));
    }

    [Theory]
    [InlineData(5, 3, 5)]
    [InlineData(3, 5, 5)]
    [InlineData(0, 3, 3)]
    [InlineData(3, 0, 3)]
    [InlineData(0, 0, 0)]
    public void LongestRetryAfter_IsTold(int first, int then, int told)
    {
        _limit.Accept(Granted(Places, 4));
        _limit.NoteThrottled(first == 0 ? null : first * Second);
        _limit.NoteThrottled(then == 0 ? null : then * Second);
        var report = _limit.Report("p");
        Assert.Equal((true, told == 0 ? null : told * Second), (report.WasThrottled, report.RetryAfter));
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    public void LongestRetryAfter_IsWaitedFor(int first, int then)
    {
        _limit.Accept(Granted(Places, 4) with { ExpiresAt = _time.GetUtcNow() + TimeSpan.FromHours(1) });
        _limit.NoteThrottled(first * Second);
        _limit.NoteThrottled(then * Second);
        Assert.Equal(0, CapAfter(4 * Second));
        Assert.Equal(4, CapAfter(Second));
    }

    [Fact]
    public void WhatIsGrantedAndNotUsed_IsHeld_UntilTheLeaseIsOver()
    {
        _limit.Accept(Granted(Places, 10));
        Assert.Equal((6, 10), (_rig.Scope.Pool.InUse, _limit.Report("p").HeldConcurrency));
        _time.Advance(LimitRenewal.Lease);
        Assert.Equal(6, _limit.Report("p").HeldConcurrency);
    }

    [Fact]
    public void LimitWithoutPlaces_IsHeldNoneOf_HoweverManyAreInFlight()
    {
        _limit.Accept(new LimitGrant(Starts, _time.GetUtcNow() + LimitRenewal.Lease, 0, 0, 5, 5, 5) { TokensPerSecond = 2 });
        Assert.Equal((6, 0), (_rig.Scope.Pool.InUse, _limit.Report("p").HeldConcurrency));
    }

    [Fact]
    public void ShareThatIsToBeLess_IsComeDownTo_AndToldWhenItIs()
    {
        var client = _rig.Scope.Pool.Join(() => { });
        client.Want(6);
        _limit.Accept(Granted(Places, 6));
        Assert.Equal(6, _limit.Report("p").HeldConcurrency);
        var inUse = _rig.Scope.Pool.InUse;
        Assert.True(inUse > 2);

        _limit.Accept(Granted(Places, 6, target: 2));
        Assert.Equal((2, 0), (_member.Cap, _timesDown));
        Assert.Equal(Math.Min(inUse, 6), _limit.Report("p").HeldConcurrency);
    }

    [Fact]
    public void UnitsOfRateThatAreToBeLess_AreGivenUpWithTheirTokens_WhenItReports()
    {
        _limit.Accept(new LimitGrant(Starts, _time.GetUtcNow() + LimitRenewal.Lease, 0, 0, 5, 5, 5) { TokensPerSecond = 2 });
        Assert.Equal((true, 5), (_limit.IsPaced, _limit.Pacer.Units));
        _limit.Accept(new LimitGrant(Starts, _time.GetUtcNow() + LimitRenewal.Lease, 0, 0, 5, 3, 0) { TokensPerSecond = 2 });
        Assert.Equal(5, _limit.Pacer.Units);

        var report = _limit.Report("p");

        Assert.Equal((3, 3, 2.0), (_limit.Pacer.Units, report.HeldRateUnits, report.ReturnedTokens));
        Assert.Equal(0, _limit.Report("p").ReturnedTokens);
        _limit.Accept(null);
        Assert.Equal((0, 3.0), (_limit.Pacer.Units, _limit.Report("p").ReturnedTokens));
        Assert.Equal(0, _limit.GiveUp());
    }

    [Fact]
    public void Leaving_GivesUpWhatItHadSavedUp()
    {
        _limit.Accept(new LimitGrant(Starts, _time.GetUtcNow() + LimitRenewal.Lease, 0, 0, 5, 5, 4) { TokensPerSecond = 2 });
        Assert.Equal(4, _limit.GiveUp(), 6);
        Assert.Equal((0, false), (_limit.Pacer.Units, _limit.IsPaced));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private int CapAfter(TimeSpan time)
    {
        _time.Advance(time);
        _limit.Divide();
        return _member.Cap;
    }

    private LimitGrant Granted(LimitSpec limit, int places, int? target = null) =>
        new(limit, _time.GetUtcNow() + LimitRenewal.Lease, places, target ?? places, 0, 0, 0);
}
