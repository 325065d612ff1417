using System.Text;
using Fanout.Results;
using Xunit;

namespace Fanout.Tests.Results.Files;

public sealed class FileResultStoreTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TemporaryStore _temporary = new();

    private FileResultStore Store => _temporary.Store;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task AppendedBytes_AreInTheFileBeforeAnySync()
    {
        await using var writer = await Store.CreatePartAsync("run", "part-0.jsonl", Never);
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        await writer.AppendAsync("two\n"u8.ToArray(), Never);
        Assert.Equal("one\ntwo\n", await ReadPartAsync("run", "part-0.jsonl"));
        await writer.SyncAsync(Never);
        await writer.AppendAsync("three\n"u8.ToArray(), Never);
        await writer.SyncAsync(Never);
        Assert.Equal("one\ntwo\nthree\n", await ReadPartAsync("run", "part-0.jsonl"));
    }

    [Fact]
    public async Task PartThatExists_IsNotOverwritten()
    {
        await (await Store.CreatePartAsync("run", "part-0.jsonl", Never)).DisposeAsync();
        await Assert.ThrowsAsync<StorageException>(async () => await Store.CreatePartAsync("run", "part-0.jsonl", Never));
    }

    [Fact]
    public async Task MissingPart_IsNamed()
    {
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await Store.OpenPartAsync("run", "part-0.jsonl", Never));
        Assert.Contains(Path.Combine(_temporary.Root, "run", "part-0.jsonl"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_IsReplacedWhole()
    {
        Assert.Null(await Store.ReadDocumentAsync("run", "lanes/a.json", Never));
        await Store.WriteDocumentAsync("run", "lanes/a.json", "a long first content"u8.ToArray(), Never);
        await Store.WriteDocumentAsync("run", "lanes/a.json", "second"u8.ToArray(), Never);
        Assert.Equal("second", Encoding.UTF8.GetString((await Store.ReadDocumentAsync("run", "lanes/a.json", Never))!));
    }

    [Fact]
    public async Task Listing_HoldsDocumentsButNeitherPartsNorUnfinishedFiles()
    {
        await Store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never);
        await Store.WriteDocumentAsync("run", "lanes/deep/b.json", new byte[1], Never);
        await Store.WriteDocumentAsync("run", "manifest.json", new byte[1], Never);
        await Store.WriteDocumentAsync("other", "lanes/c.json", new byte[1], Never);
        await (await Store.CreatePartAsync("run", "part-0.jsonl", Never)).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_temporary.Root, "run", "lanes", "a.json.1-1.tmp"), "cut off by a crash");

        Assert.Equal(["lanes/a.json", "lanes/deep/b.json"], await ListAsync("run", "lanes/"));
        Assert.Equal(["lanes/a.json", "lanes/deep/b.json", "manifest.json"], await ListAsync("run", ""));
        Assert.Empty(await ListAsync("unknown", ""));
    }

    [Fact]
    public async Task Deleting_WhatIsNotThere_IsFine()
    {
        await Store.DeleteDocumentAsync("run", "lanes/a.json", Never);
        await Store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never);
        await Store.DeleteDocumentAsync("run", "lanes/a.json", Never);
        Assert.Null(await Store.ReadDocumentAsync("run", "lanes/a.json", Never));
        await Store.DeleteRunAsync("run", Never);
        Assert.False(Directory.Exists(Store.Locate("run")));
        await Store.DeleteRunAsync("run", Never);
    }

    [Theory]
    [InlineData("..", "part")]
    [InlineData("a/b", "part")]
    [InlineData("", "part")]
    [InlineData("run", "../other/part")]
    [InlineData("run", "/etc/passwd")]
    [InlineData("run", "a//b")]
    [InlineData("run", "a\\b")]
    [InlineData("run", "a\0b")]
    [InlineData("run", "")]
    public async Task NameThatLeavesTheStore_IsRefused(string runId, string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CreatePartAsync(runId, name, Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.OpenPartAsync(runId, name, Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteDocumentAsync(runId, name, default, Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadDocumentAsync(runId, name, Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DeleteDocumentAsync(runId, name, Never));
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

    private async Task<string> ReadPartAsync(string runId, string name)
    {
        await using var stream = await Store.OpenPartAsync(runId, name, Never);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private async Task<List<string>> ListAsync(string runId, string prefix)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListDocumentsAsync(runId, prefix, Never))
            names.Add(name);
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
