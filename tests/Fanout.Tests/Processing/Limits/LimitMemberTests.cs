using Fanout.Flow;
using Fanout.Processing.Limits;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing.Limits;

/// <summary>What a run says that it wants of a limit.</summary>
public sealed class LimitMemberTests : IAsyncDisposable
{
    // A unit of rate is good for a start a second.
    private static readonly LimitSpec Starts = new("crm-api", null, Rate.Parse("20/s"), 20);

    private readonly FakeTimeProvider _time = new();
    private readonly BatchRig _rig;
    private readonly SharedLimit _limit;
    private readonly LimitMember _member;

    public LimitMemberTests()
    {
        _rig = new BatchRig(BatchRig.Range(1, new FlowSpec { Concurrency = 8 }), (_, _) => ValueTask.FromResult<string?>(null), _time);
        _limit = new SharedLimit("crm-api", _time, () => { });
        _member = _limit.Join(_rig.Scope);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(8, 8)]
    [InlineData(100, 8 + 1 + 2)]
    public void Places_AreThoseItWouldUse_UnderItsOtherCapsAndALittleMore(int demand, int wanted)
    {
        Demand(demand);
        Assert.Equal((wanted, 1), (_member.Wanted, _member.Unit));
    }

    [Fact]
    public void OtherCaps_AreLeftOutOfWhatItWants_AndItsOwnIsNot()
    {
        Demand(100);
        _rig.Scope.Caps.Set("back-off", 4);
        _member.SetCap(1, 10);
        Assert.Equal(4 + 1 + 1, _member.Wanted);
        _rig.Scope.Apply(new RunControl(1, Paused: true));
        Assert.Equal((0, 0), (_member.Wanted, _member.WantedRateUnits(Starts, 1)));
    }

    [Fact]
    public void UnitsOfRate_AreAsManyAsItUsesAndAQuarter_OrAllIfItHadToWait()
    {
        Assert.Equal(0, _member.WantedRateUnits(Starts, 1));
        Demand(100);
        Assert.Equal(1_000_000, _member.WantedRateUnits(null, 1));
        Assert.Equal(0, _member.WantedRateUnits(new LimitSpec("crm-api", 5, null, 1), 1));
        Assert.Equal(1, _member.WantedRateUnits(Starts, 1));

        _limit.Accept(new LimitGrant(Starts, _time.GetUtcNow() + TimeSpan.FromHours(1), 0, 0, 20, 20, 20) { TokensPerSecond = 1 });
        StartItems(8);
        Assert.Equal(10 + 1, _member.WantedRateUnits(Starts, 1));
        // Nothing since, in no time: as before.
        Assert.Equal(10 + 1, _member.WantedRateUnits(Starts, 0));
        // It is forgotten over a second or so.
        Assert.Equal(5 + 1, _member.WantedRateUnits(Starts, 0.5));
        Assert.Equal(1, _member.WantedRateUnits(Starts, 1));
        StartItems(4);
        Assert.Equal(10 + 1, _member.WantedRateUnits(Starts, 0.5));
        StartItems(8);
        Assert.Equal(20, _member.WantedRateUnits(Starts, 0.1));

        _limit.Pacer.SetWaiting(_member.Turn, waits: true);
        Assert.Equal(20, _member.WantedRateUnits(Starts, 10));
        _limit.Pacer.SetWaiting(_member.Turn, waits: false);
        Assert.Equal(20, _member.WantedRateUnits(Starts, 10));
        Assert.Equal(1, _member.WantedRateUnits(Starts, 10));
    }

    [Fact]
    public void UnitsThatAreGoodForMoreStarts_AreFewer()
    {
        var fast = new LimitSpec("crm-api", null, Rate.Parse("20/s"), 10);
        Demand(100);
        _limit.Accept(new LimitGrant(fast, _time.GetUtcNow() + TimeSpan.FromHours(1), 0, 0, 10, 10, 10) { TokensPerSecond = 2 });
        StartItems(8);
        Assert.Equal(5 + 1, _member.WantedRateUnits(fast, 1));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private void Demand(int slots) => _rig.Scope.Pool.Join(() => { }).Want(slots);

    private void StartItems(int count)
    {
        for (var i = 0; i < count; i++)
            Assert.True(_limit.Pacer.TryTake(_member.Turn, 1));
    }
}
