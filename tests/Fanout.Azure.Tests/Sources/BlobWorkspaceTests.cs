using System.Text;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

[Trait("Category", Categories.Azurite)]
public sealed class BlobWorkspaceTests : WorkspaceContract, IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FaultyTransport _faulty = new();
    private AzureStorage? _hub;

    public void Dispose() => _faulty.Dispose();

    protected override async Task<ISourceWorkspace> OpenAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub(options => _faulty.In(options) with { RequestTimeout = TimeSpan.FromSeconds(30) });
        return OpenAgain();
    }

    protected override ISourceWorkspace OpenAgain() => new BlobWorkspace(_hub!, "run");

    [Fact]
    public async Task SmallFile_IsFetchedOnce_HoweverManyBatchesLookIntoIt()
    {
        Publish(Workspace, "index", new byte[BlobWorkspace.MaxKeptFile]);
        var reader = OpenAgain();
        var log = new RequestLog(_faulty);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var batch = 0; batch < 20; batch++)
            {
                using var index = reader.OpenRead("index");
                index.Position = batch * 1_000;
                index.ReadExactly(new byte[16]);
            }
        })));
        Assert.Equal(["GET"], log.Requests);
    }

    [Fact]
    public void FilesBeyondWhatIsKept_AreReadByRange()
    {
        foreach (var number in Enumerable.Range(0, 6))
            Publish(Workspace, $"file{number}", [(byte)number, .. new byte[1_000_000]]);
        var reader = OpenAgain();
        foreach (var number in (int[])[0, 1, 2, 3, 4, 5, 0, 5])
        {
            using var file = reader.OpenRead($"file{number}");
            Assert.Equal(number, file.ReadByte());
            Assert.Equal(1_000_001, file.Length);
        }
    }

    [Fact]
    public void LargeFile_IsReadOnInWindows()
    {
        Publish(Workspace, "input", new byte[8 << 20]);
        var reader = OpenAgain();
        reader.OpenRead("input").Dispose();
        var log = new RequestLog(_faulty);
        using (var input = reader.OpenRead("input"))
        {
            input.Position = 4 << 20;
            var block = new byte[64 << 10];
            while (input.Read(block) > 0)
            {
            }
        }

        // 256 KiB, 512 KiB, then 1 MiB at a time.
        Assert.Equal(Enumerable.Repeat("GET", 6), log.Requests);
    }

    [Fact]
    public void LargeFileThatIsReplacedWhileItIsRead_SaysSo()
    {
        Publish(Workspace, "input", new byte[2 << 20]);
        using var input = OpenAgain().OpenRead("input");
        input.ReadExactly(new byte[100]);
        Publish(Workspace, "input", new byte[2 << 20]);
        var replaced = Assert.Throws<StorageException>(() => input.CopyTo(Stream.Null));
        Assert.Contains("was replaced while it was read", replaced.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileWhoseUploadFails_CanBePublishedAgain()
    {
        using (var file = Workspace.Create("a"))
            file.Write(new byte[20 << 20]);
        _faulty.Break(Fault.Answer(403, "AuthenticationFailed"));
        Assert.Throws<StorageException>(() => Workspace.Publish("a"));
        _faulty.Heal();
        Assert.False(Workspace.Exists("a"));
        Workspace.Publish("a");
        using var read = OpenAgain().OpenRead("a");
        Assert.Equal(20 << 20, read.Length);
    }

    [Fact]
    public void FileStillBeingWritten_CannotBePublished()
    {
        using var file = Workspace.Create("a");
        Assert.Throws<InvalidOperationException>(() => Workspace.Publish("a"));
    }

    [Fact]
    public async Task DeletedWorkspace_LeavesNothing_AndOthersAlone()
    {
        var other = new BlobWorkspace(_hub!, "run-2");
        Publish(Workspace, "a", [1]);
        Publish(other, "a", [2]);
        Workspace.OpenRead("a").Dispose();
        await ((BlobWorkspace)Workspace).DeleteAsync(Never);
        await new BlobWorkspace(_hub!, "never").DeleteAsync(Never);
        Assert.False(Workspace.Exists("a"));
        Assert.Throws<FileNotFoundException>(() => Workspace.OpenRead("a"));
        Assert.True(other.Exists("a"));
    }

    [Fact]
    public async Task SourcePlannedByOneProcess_IsReadByAnother_InTwoRequestsABatch()
    {
        const int Items = 100_000;
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Items).Select(number => FormattableString.Invariant($"item number {number} of a pipe\n"))));
        var source = new SourceFactory(new FanoutRegistry(), new NoServices(), () => new MemoryStream(text), _ => throw new InvalidOperationException("No redrive here."))
            .Create(new LinesSourceSpec { Path = "-" });
        var plan = await source.PlanAsync(Workspace, Never);
        Assert.Equal(Items, plan.ItemCount);

        var elsewhere = OpenAgain();
        await source.VerifyAsync(plan, elsewhere, Never);
        Assert.Equal("item number 99999 of a pipe", await FirstAsync(source, plan, elsewhere, 99_999));
        var log = new RequestLog(_faulty);
        Assert.Equal("item number 50000 of a pipe", await FirstAsync(source, plan, elsewhere, 50_000));
        Assert.InRange(log.Requests.Count, 1, 2);
    }

    private static async Task<string> FirstAsync(ISource source, SourcePlan plan, ISourceWorkspace workspace, long start)
    {
        await using var items = await source.OpenAsync(plan, workspace, start, start + 1, Never);
        Assert.True(await items.WaitToReadAsync(Never));
        Assert.True(items.TryRead(out var item));
        return Encoding.UTF8.GetString(item.Value.Span);
    }

    private static void Publish(ISourceWorkspace workspace, string name, byte[] bytes)
    {
        using (var file = workspace.Create(name))
            file.Write(bytes);
        workspace.Publish(name);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
