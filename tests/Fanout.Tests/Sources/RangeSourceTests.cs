using System.Globalization;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class RangeSourceTests : SourceContract
{
    private const long Start = -17;

    protected override Gen<string> GenItem => Gen.Const("");

    protected override SourceSpec Arrange(IReadOnlyList<string> items) => new RangeSourceSpec { Start = Start, End = Start + items.Count };

    protected override string Expected(string item, int index) => (Start + index).ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task ManyBillionItems_ArePlannedAtOnce_AndReadAnywhere()
    {
        var source = SourceReading.Factory().Create(new RangeSourceSpec { Start = long.MinValue, End = -1 });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        Assert.Equal(long.MaxValue, plan.ItemCount);
        var last = await source.Read(plan, workspace, long.MaxValue - 2, long.MaxValue);
        Assert.Equal(["-3", "-2"], last.Select(i => i.Value));
        Assert.Equal([long.MaxValue - 2, long.MaxValue - 1], last.Select(i => i.Index));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(long.MinValue, long.MaxValue)]
    public async Task RangeThatCannotBe_IsRefusedByTheCheck(long start, long end)
    {
        var source = SourceReading.Factory().Create(new RangeSourceSpec { Start = start, End = end });
        await Assert.ThrowsAsync<SourceException>(async () => await source.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task LongRange_AsksForATokenNowAndThen()
    {
        var source = SourceReading.Factory().Create(new RangeSourceSpec { Start = 0, End = 1_000_000 });
        await using var reader = await source.OpenAsync(new SourcePlan(1_000_000, null), new MemoryWorkspace(), 0, 1_000_000, CancellationToken.None);
        Assert.True(await reader.WaitToReadAsync(CancellationToken.None));
        var inMemory = 0;
        while (reader.TryRead(out _))
            inMemory++;
        Assert.InRange(inMemory, 1, 10_000);
    }
}
