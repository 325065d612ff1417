using Fanout.Conformance.Results;
using Fanout.Results;
using Xunit;

namespace Fanout.Tests.Results.Files;

public sealed class FileResultStoreTests : ResultStoreContract, IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    protected override Task<IResultStore> OpenAsync() => Task.FromResult<IResultStore>(_temporary.Store);

    [Fact]
    public async Task MissingPart_IsNamedWithItsPath()
    {
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await Store.OpenPartAsync("run", "part-0.jsonl", Never));
        Assert.Contains(Path.Combine(_temporary.Root, "run", "part-0.jsonl"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listing_LeavesUnfinishedFilesOut()
    {
        await Store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never);
        await File.WriteAllTextAsync(Path.Combine(_temporary.Root, "run", "lanes", "a.json.1-1.tmp"), "cut off by a crash");
        Assert.Equal(["lanes/a.json"], await Store.ListDocumentsAsync("run", "", Never).ToListAsync());
    }

    [Theory]
    [InlineData("plan.json")]
    [InlineData("lanes/a.json")]
    [InlineData("payloads/a.json")]
    public async Task FoldersOfARun_ComeAlongWithItsDirectory(string first)
    {
        await Store.WriteDocumentAsync("run", first, new byte[1], Never);
        Assert.True(Directory.Exists(Path.Combine(_temporary.Root, "run", "lanes")));
        Assert.True(Directory.Exists(Path.Combine(_temporary.Root, "run", "branches")));
        Assert.Equal([first], await Store.ListDocumentsAsync("run", "", Never).ToListAsync());
        await Store.WriteDocumentAsync("run", "branches/b.json", new byte[1], Never);
        Assert.NotNull(await Store.ReadDocumentAsync("run", "branches/b.json", Never));
    }

    [Fact]
    public async Task DeletedRun_LeavesNoDirectory()
    {
        await Store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never);
        await Store.DeleteRunAsync("run", Never);
        Assert.False(Directory.Exists(Store.Locate("run")));
    }

    [Fact]
    public async Task FullDisk_IsNamedWithWhatToDo()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var writer = new FilePartWriter("/dev/full", File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write));
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await writer.AppendAsync("line\n"u8.ToArray(), Never));
        Assert.Equal("Cannot write '/dev/full': the disk is full. Free some space, then continue the run; nothing recorded so far is lost.", failure.Message);
        Assert.IsType<IOException>(failure.InnerException);
    }

    [Fact]
    public async Task RootThatIsAFile_IsNamed()
    {
        var file = Path.Combine(_temporary.Root, "file");
        await File.WriteAllTextAsync(file, "");
        var store = new FileResultStore(file);
        var create = await Assert.ThrowsAsync<StorageException>(async () => await store.CreatePartAsync("run", "part-0.jsonl", Never));
        var write = await Assert.ThrowsAsync<StorageException>(async () => await store.WriteDocumentAsync("run", "manifest.json", default, Never));
        Assert.Contains(file, create.Message, StringComparison.Ordinal);
        Assert.Contains(file, write.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, "disk is full")]
    [InlineData(30, "read-only")]
    [InlineData(122, "quota")]
    [InlineData(24, "too many files open")]
    [InlineData(5, "Input/output error. Check the disk")]
    [InlineData(unchecked((int)0x80070070), "disk is full")]
    [InlineData(unchecked((int)0x80070013), "read-only")]
    public void Failure_IsExplained(int code, string reason) =>
        Assert.Contains(reason, StorageFailure.Explain("write", "/x", new IOException("Input/output error", code)).Message, StringComparison.Ordinal);

    [Fact]
    public void DeniedAccess_IsExplained() =>
        Assert.Contains("access is denied", StorageFailure.Explain("write", "/x", new UnauthorizedAccessException()).Message, StringComparison.Ordinal);
}
