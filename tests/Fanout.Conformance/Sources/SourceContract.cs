using CsCheck;
using Fanout.Sources;
using Xunit;

namespace Fanout.Conformance.Sources;

/// <summary>What every source promises. A kind gives its spec for a list of items and says how they are read.</summary>
public abstract class SourceContract : IDisposable
{
    /// <summary>A directory of the test's own.</summary>
    protected TemporaryDirectory Directory { get; } = new();

    /// <summary>Some items of the kind's own form.</summary>
    protected abstract Gen<string> GenItem { get; }

    /// <summary>A source of exactly these items.</summary>
    protected abstract SourceSpec Arrange(IReadOnlyList<string> items);

    /// <summary>How an item is read: its value.</summary>
    protected virtual string Expected(string item, int index) => item;

    protected virtual int MinItems => 0;

    protected virtual Stream OpenStandardInput() => throw new InvalidOperationException("Standard input is not read.");

    /// <summary>The storage account that blobs are in; null: sources are no blobs.</summary>
    protected virtual IRemoteSources? Remote => null;

    /// <summary>How many lists of items are tried.</summary>
    protected virtual int Iterations => 150;

    private protected ISource Create(SourceSpec spec, ScanSettings? settings = null) =>
        SourceReading.Factory(settings, OpenStandardInput, Remote).Create(spec);

    private protected async Task<(ISource Source, SourcePlan Plan, MemoryWorkspace Workspace)> Planned(int count)
    {
        var source = Create(Arrange(Samples(count)));
        var workspace = new MemoryWorkspace();
        return (source, await source.Plan(workspace), workspace);
    }

    protected List<string> Samples(int count) => GenItem.List[count].Single(_ => true, "0000KOIPe036");

    [Fact]
    public async Task AnyRange_WithBlocksCellsAndPartsOfAnySize_IsThatSliceOfAll()
    {
        var gen = Gen.Select(GenItem.List[MinItems, 40], Gen.Int[1, 64], Gen.Int[1, 64], Gen.Int[1, 64], Gen.Int[1, 200], Gen.Double.Unit, Gen.Double.Unit);
        await gen.SampleAsync(
            async (items, block, cell, entries, part, one, other) =>
            {
                var source = Create(
                    Arrange(items), new ScanSettings { BlockBytes = block, CellBytes = cell, MaxIndexEntries = entries, PartBytes = part });
                var workspace = new MemoryWorkspace();
                var plan = await source.Plan(workspace);
                Assert.Equal(items.Count, plan.ItemCount);

                var all = await source.Read(plan, workspace, 0, plan.ItemCount);
                Assert.Equal(items.Select(Expected), all.Select(i => i.Value));
                Assert.Equal(Enumerable.Range(0, items.Count).Select(i => (long)i), all.Select(i => i.Index));
                Assert.All(all, i => Assert.Null(i.Defect));

                var (a, b) = ((int)(one * (items.Count + 1)), (int)(other * (items.Count + 1)));
                (a, b) = (Math.Min(a, b), Math.Max(a, b));
                Assert.Equal(all[a..b], await source.Read(plan, workspace, a, b));
            },
            iter: Iterations,
            threads: 1);
    }

    [Fact]
    public async Task Check_AndVerifyOfAnUnchangedSource_Pass()
    {
        var (source, plan, workspace) = await Planned(20);
        await source.CheckAsync(CancellationToken.None);
        await source.VerifyAsync(plan, workspace, CancellationToken.None);
    }

    [Fact]
    public async Task PlanningAgain_GivesTheSamePlan()
    {
        var (source, plan, workspace) = await Planned(20);
        Assert.Equal(plan, await source.Plan(workspace));
    }

    [Fact]
    public async Task ReadersOfOnePlan_DoNotDisturbEachOther()
    {
        var (source, plan, workspace) = await Planned(20);
        var all = await source.Read(plan, workspace, 0, 20);
        await using var first = await source.OpenAsync(plan, workspace, 0, 10, CancellationToken.None);
        await using var second = await source.OpenAsync(plan, workspace, 10, 20, CancellationToken.None);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await first.WaitToReadAsync(CancellationToken.None));
            Assert.True(await second.WaitToReadAsync(CancellationToken.None));
            Assert.True(first.TryRead(out var one));
            Assert.True(second.TryRead(out var other));
            Assert.Equal(all[i].Index, one.Index);
            Assert.Equal(all[10 + i].Index, other.Index);
        }

        Assert.False(await first.WaitToReadAsync(CancellationToken.None));
        Assert.False(first.TryRead(out _));
    }

    [Fact]
    public async Task RangeOutsideThePlan_IsRefused()
    {
        var (source, plan, workspace) = await Planned(3);
        foreach (var (start, end) in new[] { (-1L, 2L), (0L, 4L), (2L, 1L) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                async () => await source.OpenAsync(plan, workspace, start, end, CancellationToken.None));
        }
    }

    [Fact]
    public async Task EmptyRange_HasNoItems()
    {
        var (source, plan, workspace) = await Planned(3);
        Assert.Empty(await source.Read(plan, workspace, 3, 3));
        Assert.Empty(await source.Read(plan, workspace, 1, 1));
    }

    [Fact]
    public async Task CancelledToken_StopsEveryStep()
    {
        var (source, plan, workspace) = await Planned(3);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.CheckAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.PlanAsync(new MemoryWorkspace(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.VerifyAsync(plan, workspace, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.OpenAsync(plan, workspace, 0, 1, cancelled));
        await using var reader = await source.OpenAsync(plan, workspace, 0, 3, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.WaitToReadAsync(cancelled));
    }

    [Fact]
    public async Task DisposedReader_HasNoItems()
    {
        var (source, plan, workspace) = await Planned(3);
        var reader = await source.OpenAsync(plan, workspace, 0, 3, CancellationToken.None);
        await reader.WaitToReadAsync(CancellationToken.None);
        await reader.DisposeAsync();
        await reader.DisposeAsync();
        Assert.False(reader.TryRead(out _));
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Dispose();
}
