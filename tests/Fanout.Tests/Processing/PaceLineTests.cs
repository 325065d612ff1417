using Fanout.Flow;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class PaceLineTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly BatchRig _rig;

    public PaceLineTests() => _rig = new BatchRig(BatchRig.Range(1), (_, _) => ValueTask.FromResult<string?>(null), _time);

    [Fact]
    public void WithoutARateAnywhere_StartsNeedNotBeAskedFor()
    {
        Assert.False(new PaceLine(Own(null), []).IsLimited);
        Assert.False(new PaceLine(Own(null), [Member(Limit("places", null, 0))]).IsLimited);
        Assert.True(new PaceLine(Own(1), []).IsLimited);
        Assert.True(new PaceLine(Own(null), [Member(Limit("places", null, 0)), Member(Limit("starts", 10, 0))]).IsLimited);
    }

    [Fact]
    public void LimitWithoutARate_LetsEverythingStart()
    {
        var line = new PaceLine(Own(10), [Member(Limit("places", null, 0))]);
        Assert.True(line.TryTake(1, out var wait));
        Assert.Equal((TimeSpan.Zero, WaitCauses.Rate), (wait.Time, wait.Cause));
        Assert.False(line.TryTake(1, out wait));
        Assert.Equal((TimeSpan.FromMilliseconds(100), WaitCauses.Rate), (wait.Time, wait.Cause));
    }

    [Fact]
    public void SlowestOfAll_IsWaitedForAndNamed()
    {
        var (quick, slow) = (Member(Limit("quick", 100, 0)), Member(Limit("slow", 2, 0)));
        var line = new PaceLine(Own(10), [quick, slow]);
        Assert.False(line.TryTake(1, out var wait));
        Assert.Equal((TimeSpan.FromMilliseconds(500) + TimeSpan.FromTicks(1), "limit slow"), (wait.Time, wait.Cause));
        Assert.False(wait.Changed.IsCompleted);
        Assert.Equal((false, true), (Observe(quick).HasWaited, Observe(slow).HasWaited));

        _time.Advance(wait.Time);
        Assert.True(line.TryTake(1, out _));
        Assert.Equal((1L, 1L), (Observe(quick).Started, Observe(slow).Started));
    }

    [Fact]
    public void SlowestOfAll_IsWaitedFor_WhereverItStands()
    {
        var (quick, slow) = (Member(Limit("quick", 100, 0)), Member(Limit("slow", 2, 0)));
        Assert.False(new PaceLine(Own(10), [slow, quick]).TryTake(1, out var wait));
        Assert.Equal((TimeSpan.FromMilliseconds(500) + TimeSpan.FromTicks(1), "limit slow"), (wait.Time, wait.Cause));
        Assert.Equal((false, true), (Observe(quick).HasWaited, Observe(slow).HasWaited));
    }

    [Fact]
    public void WhatLimitsLet_IsGivenBack_WhenTheRunsOwnStartWasTakenMeanwhile()
    {
        var (own, time) = (Own(10), new InterruptedTime());
        LimitMember[] members = [Member(Limit("one", 10, 1, time)), Member(Limit("other", 10, 1, time))];
        // While it is asked how long the limits let it wait.
        time.Interrupt = () => Assert.True(own.TryTake(out _));
        Assert.False(new PaceLine(own, members).TryTake(1, out _));
        Assert.Equal([0L, 0L], members.Select(member => Observe(member).Started));
        Assert.True(new PaceLine(Own(null), members).TryTake(1, out _));
    }

    [Fact]
    public void WhatOneLets_IsGivenBack_WhenAnotherDoesNot()
    {
        // Twice under a limit that has one start left: each may, and both may not.
        var (other, limit) = (Limit("other", 10, 1), Limit("starts", 10, 1));
        LimitMember[] members = [Member(Limit("places", null, 0)), Member(other), Member(limit), Member(limit)];
        Assert.False(new PaceLine(Own(null), members).TryTake(1, out var wait));
        Assert.Equal(TimeSpan.Zero, wait.Time);
        Assert.Equal([0L, 0L, 0L], members[1..].Select(member => Observe(member).Started));

        Assert.True(new PaceLine(Own(null), members[..3]).TryTake(1, out _));
        Assert.False(new PaceLine(Own(null), members[..2]).TryTake(1, out _));
    }

    [Fact]
    public void WhoStepsBack_HoldsUpNobody()
    {
        var limit = Limit("starts", 10, 0);
        var (line, others) = (new PaceLine(Own(null), [Member(limit)]), new PaceLine(Own(null), [Member(limit)]));
        Assert.False(line.TryTake(1, out _));
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.True(others.TryTake(1, out _));
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.False(others.TryTake(1, out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(20), wait.Time);

        line.StepBack();

        Assert.True(others.TryTake(1, out _));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private LimitMember Member(SharedLimit limit) => limit.Join(_rig.Scope);

    private static (long Started, bool HasWaited) Observe(LimitMember member) => member.Limit.Pacer.Observe(member.Turn);

    private Pacer Own(int? perSecond) => new(_time, perSecond is { } rate ? new Rate(rate, TimeSpan.FromSeconds(1)) : null, burst: 1);

    // Whole, in this process; null: it has places and no rate.
    private SharedLimit Limit(string name, int? perSecond, double tokens, TimeProvider? time = null)
    {
        var limit = new SharedLimit(name, time ?? _time, () => { });
        var spec = new LimitSpec(name, perSecond is null ? 10 : null, perSecond is { } rate ? new Rate(rate, TimeSpan.FromSeconds(1)) : null, 1);
        var units = perSecond is null ? 0 : 1;
        limit.Accept(new LimitGrant(spec, _time.GetUtcNow() + TimeSpan.FromHours(1), 10, 10, units, units, tokens) { TokensPerSecond = perSecond ?? 0 });
        return limit;
    }

    /// <summary>Whoever looks at it next is interrupted, once.</summary>
    private sealed class InterruptedTime : FakeTimeProvider
    {
        public Action? Interrupt { get; set; }

        public override long GetTimestamp()
        {
            var interrupt = Interrupt;
            Interrupt = null;
            interrupt?.Invoke();
            return base.GetTimestamp();
        }
    }
}
