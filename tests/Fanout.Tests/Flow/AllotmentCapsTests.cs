using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class AllotmentCapsTests
{
    private int _changes;

    [Fact]
    public void LeastCap_Counts_AndIsNamed()
    {
        var caps = Caps();
        Assert.Equal((8, null), caps.Over(8));
        caps.Set("back-off", 5);
        caps.Set("limit crm-api", 3);
        Assert.Equal((3, "limit crm-api"), caps.Over(8));
        Assert.Equal((2, null), caps.Over(2));
        // What leaves as much holds nobody.
        Assert.Equal((3, null), caps.Over(3));
        caps.Set("limit crm-api", null);
        Assert.Equal((5, "back-off"), caps.Over(8));
    }

    [Fact]
    public void OverOthers_LeavesItsOwnCapOut()
    {
        var caps = Caps();
        caps.Set("adaptive", 1);
        Assert.Equal(8, caps.OverOthers(8, "adaptive"));
        caps.Set("back-off", 5);
        caps.Set("limit crm-api", 6);
        Assert.Equal((5, 1), (caps.OverOthers(8, "adaptive"), caps.OverOthers(8, "back-off")));
        Assert.Equal(4, caps.OverOthers(4, "adaptive"));
    }

    [Fact]
    public void OnlyAChange_IsTold()
    {
        var caps = Caps();
        caps.Set("adaptive", null);
        Assert.Equal(0, _changes);
        caps.Set("adaptive", 4);
        caps.Set("adaptive", 4);
        caps.Set("adaptive", 4, most: 2);
        Assert.Equal(1, _changes);
        caps.Set("adaptive", 4, most: 9);
        caps.Set("adaptive", null);
        caps.Set("adaptive", null);
        Assert.Equal(3, _changes);
    }

    [Theory]
    [InlineData(4, 4, true)]
    [InlineData(5, 4, true)]
    [InlineData(5, 9, false)]
    [InlineData(5, null, true)]
    [InlineData(1, 9, true)]
    [InlineData(12, 9, false)]
    public void DearItem_WaitsForWhatACapCanRiseTo(int units, int? most, bool isAdmitted)
    {
        var caps = Caps();
        caps.Set("limit crm-api", 4, most);
        Assert.Equal(isAdmitted, caps.Admits(units));
        caps.Set("back-off", 0);
        Assert.False(caps.Admits(units));
    }

    private AllotmentCaps Caps() => new(() => _changes++);
}
