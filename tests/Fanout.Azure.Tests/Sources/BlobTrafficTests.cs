using System.Text;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

[Trait("Category", Categories.Azurite)]
public sealed class BlobTrafficTests
{
    private readonly CountingTransport _traffic = new();
    private AzureStorage? _storage;

    [Fact]
    public async Task BatchInTheMiddleOfABlob_ReadsItsPartInAFewOperations()
    {
        var (source, workspace, plan, _) = await PlanAsync(200_000, new ScanSettings());
        var (bytes, requests) = (_traffic.Bytes, _traffic.Requests);
        var items = await source.Read(plan, workspace, 100_000, 101_000);
        Assert.Equal("item 00100000", items[0].Value);
        Assert.Equal(1_000, items.Count);
        Assert.InRange(_traffic.Bytes - bytes, 14_000, 14_000 + (2 * 64 * 1024));
        Assert.InRange(_traffic.Requests - requests, 1, 2);
    }

    [Fact]
    public async Task BlobPlannedInParts_IsReadOnce_AndGivesEveryItem()
    {
        var settings = new ScanSettings
        {
            BlockBytes = 16 << 10,
            PartBytes = 200_000,
            Ranges = new RangeSettings { FirstBytes = 64 << 10, UnexpectedBytes = 1_024, LargestBytes = 64 << 10 },
        };
        var (source, workspace, plan, length) = await PlanAsync(200_000, settings);
        Assert.Equal(200_000, plan.ItemCount);
        // What is fetched to look for the text's beginning, and past the end of parts to end their last lines.
        Assert.InRange(_traffic.Bytes, length, length + (20 * 2 * 1_024) + (2 * 64 * 1024));
        var items = await source.Read(plan, workspace, 0, plan.ItemCount);
        Assert.Equal(Enumerable.Range(0, 200_000).Select(Line), items.Select(item => item.Value));
    }

    [Fact]
    public async Task BlobPlannedBySeveral_IsReadByEachInItsPart_AndHasTheIndexOfOneScan()
    {
        var settings = new ScanSettings
        {
            BlockBytes = 16 << 10,
            PartBytes = 200_000,
            SplitRemoteFrom = 1 << 20,
            Ranges = new RangeSettings { FirstBytes = 64 << 10, UnexpectedBytes = 1_024, LargestBytes = 64 << 10 },
        };
        var (source, whole, expected, length) = await PlanAsync(200_000, settings);
        var splits = Assert.IsAssignableFrom<ISplitPlanSource>(source);
        var bytes = _traffic.Bytes;
        var split = await splits.SplitAsync(OpenWorkspace(), CancellationToken.None);
        Assert.NotNull(split);
        Assert.InRange(_traffic.Bytes - bytes, 0, 1_024);
        Assert.Equal((length + settings.PartBytes - 1) / settings.PartBytes, split.Parts);

        var parts = new PlannedPart[split.Parts];
        for (var part = 0; part < parts.Length; part++)
        {
            (bytes, var requests) = (_traffic.Bytes, _traffic.Requests);
            parts[part] = await splits.PlanPartAsync(split, part, OpenWorkspace(), CancellationToken.None);
            // The byte before it, and what is fetched past its end to end its last line.
            Assert.InRange(_traffic.Bytes - bytes, Math.Min(settings.PartBytes, length - (part * settings.PartBytes)), settings.PartBytes + 1 + 1_024);
            Assert.InRange(_traffic.Requests - requests, 1, 8);
        }

        var workspace = OpenWorkspace();
        Assert.Equal(expected, await splits.MergeAsync(split, parts, workspace, CancellationToken.None));
        Assert.Equal(ReadIndex(whole), ReadIndex(OpenWorkspace()));
        var items = await source.Read(expected, workspace, 199_990, 200_000);
        Assert.Equal(Enumerable.Range(199_990, 10).Select(Line), items.Select(item => item.Value));
    }

    [Fact]
    public async Task BlobThatIsWrittenBetweenParts_IsRefusedByTheNextPart()
    {
        var (source, _, _, _) = await PlanAsync(200_000, new ScanSettings { PartBytes = 200_000, SplitRemoteFrom = 1 << 20 });
        var splits = Assert.IsAssignableFrom<ISplitPlanSource>(source);
        var split = await splits.SplitAsync(OpenWorkspace(), CancellationToken.None);
        Assert.NotNull(split);
        await splits.PlanPartAsync(split, 0, OpenWorkspace(), CancellationToken.None);
        await _storage!.Container.GetBlobClient("a").UploadAsync(new BinaryData("another"), overwrite: true);
        var refused = await Assert.ThrowsAsync<SourceException>(async () => await splits.PlanPartAsync(split, 1, OpenWorkspace(), CancellationToken.None));
        Assert.Contains("changed or was deleted", refused.Message, StringComparison.Ordinal);
    }

    private static string Line(int i) => $"item {i:D8}";

    // As a process of its own does.
    private BlobWorkspace OpenWorkspace() => new(_storage!, "run");

    private static byte[] ReadIndex(ISourceWorkspace workspace)
    {
        using var file = workspace.OpenRead("index");
        using var index = new MemoryStream();
        file.CopyTo(index);
        return index.ToArray();
    }

    private async Task<(ISource Source, MemoryWorkspace Workspace, SourcePlan Plan, long Length)> PlanAsync(int lines, ScanSettings settings)
    {
        var azurite = await Azurite.SharedAsync();
        var storage = _storage = azurite.NewHub(options => options with { Transport = _traffic });
        await storage.Container.CreateAsync();
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, lines).Select(i => Line(i) + "\n")));
        await storage.Container.UploadBlobAsync("a", new BinaryData(text));
        var source = SourceReading.Factory(settings, remote: new AzureSources(storage)).Create(new LinesSourceSpec { Path = $"blob://{storage.Hub}/a" });
        var workspace = new MemoryWorkspace();
        return (source, workspace, await source.Plan(workspace), text.Length);
    }
}
