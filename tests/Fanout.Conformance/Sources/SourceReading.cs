using System.Text;
using Fanout.Sources;
using Xunit;

namespace Fanout.Conformance.Sources;

/// <summary>Planning and reading in one call each.</summary>
internal static class SourceReading
{
    public static SourceFactory Factory(ScanSettings? settings = null, Func<Stream>? standardInput = null, IRemoteSources? remote = null) =>
        new(new FanoutRegistry(), new NoServices(), standardInput ?? (() => throw new InvalidOperationException("Standard input is not read.")), _ => throw new InvalidOperationException("No redrive."))
        {
            Settings = settings ?? new ScanSettings(),
            Remote = remote,
        };

    public static async Task<SourcePlan> Plan(this ISource source, ISourceWorkspace workspace) =>
        await source.PlanAsync(workspace, CancellationToken.None);

    public static async Task<List<ReadItem>> Read(this ISource source, SourcePlan plan, ISourceWorkspace workspace, long start, long end)
    {
        await using var reader = await source.OpenAsync(plan, workspace, start, end, CancellationToken.None);
        var items = new List<ReadItem>();
        while (await reader.WaitToReadAsync(CancellationToken.None))
        {
            while (reader.TryRead(out var item))
                items.Add(new ReadItem(item.Index, Encoding.UTF8.GetString(item.Value.Span), item.IsText, item.Defect?.Type, item.Defect?.Message));
        }

        return items;
    }

    public static async Task<List<ReadItem>> ReadAll(this ISource source)
    {
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        return await source.Read(plan, workspace, 0, plan.ItemCount);
    }

    public static async Task<List<ReadItem>> ReadAll(SourceSpec spec, ScanSettings? settings = null) => await Factory(settings).Create(spec).ReadAll();

    public static async Task<string[]> Values(SourceSpec spec, ScanSettings? settings = null) =>
        (await ReadAll(spec, settings)).ConvertAll(i => i.Defect is null ? i.Value : $"<{i.Defect}>").ToArray();

    /// <summary>Reads with blocks of every size from 1 to 24 bytes, so that a block ends at every place; all must give the same.</summary>
    public static async Task<List<ReadItem>> ReadAtEveryBorder(SourceSpec spec)
    {
        var expected = await ReadAll(spec);
        for (var block = 1; block <= 24; block++)
            Assert.Equal(expected, await ReadAll(spec, new ScanSettings { BlockBytes = block, CellBytes = 2, MaxIndexEntries = 2, PartBytes = block }));
        return expected;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
