using System.Text;
using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Conformance.Results;

/// <summary>What every result store promises. A store's tests derive from this.</summary>
public abstract class ResultStoreContract : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private IResultStore? _store;

    protected IResultStore Store => _store ?? throw new InvalidOperationException("The store is not open yet.");

    public async Task InitializeAsync() => _store = await OpenAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Opens an empty store.</summary>
    protected abstract Task<IResultStore> OpenAsync();

    [Fact]
    public async Task AppendedBytes_AreThereBeforeAnySync()
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
    public async Task EmptyPart_IsReadAsSuch()
    {
        await using var writer = await Store.CreatePartAsync("run", "part-0.jsonl", Never);
        await writer.AppendAsync(default, Never);
        await using var part = await Store.OpenPartAsync("run", "part-0.jsonl", Never);
        Assert.Equal(0, part.Length);
        Assert.Equal(0, await part.ReadAsync(new byte[10], Never));
    }

    [Fact]
    public async Task PartThatIsOpen_ShowsWhatIsAppended()
    {
        await using var writer = await Store.CreatePartAsync("run", "part-0.jsonl", Never);
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        await using var part = await Store.OpenPartAsync("run", "part-0.jsonl", Never);
        using var reader = new StreamReader(part);
        Assert.Equal("one\n", await reader.ReadToEndAsync(Never));
        await writer.AppendAsync("two\n"u8.ToArray(), Never);
        Assert.Equal("two\n", await reader.ReadToEndAsync(Never));
    }

    [Fact]
    public async Task LargePart_IsReadFromAnyPlace()
    {
        var bytes = new byte[5_000_000];
        new Random(1).NextBytes(bytes);
        await using (var writer = await Store.CreatePartAsync("run", "part-0.jsonl", Never))
        {
            await writer.AppendAsync(bytes.AsMemory(0, 4_500_000), Never);
            await writer.AppendAsync(bytes.AsMemory(4_500_000), Never);
        }

        await using var part = await Store.OpenPartAsync("run", "part-0.jsonl", Never);
        Assert.Equal(bytes.Length, part.Length);
        var read = new byte[1_500_000];
        foreach (var at in (int[])[3_500_000, 0, 1, 1_500_001, 262_144])
        {
            part.Position = at;
            await part.ReadExactlyAsync(read, Never);
            Assert.True(bytes.AsSpan(at, read.Length).SequenceEqual(read));
            Assert.Equal(at + read.Length, part.Position);
        }

        part.Seek(-10, SeekOrigin.End);
        Assert.Equal(10, part.Read(read));
        Assert.True(bytes.AsSpan(bytes.Length - 10).SequenceEqual(read.AsSpan(0, 10)));
        Assert.Equal(0, part.Read(read));
    }

    [Fact]
    public async Task PartThatExists_IsNotOverwritten()
    {
        await using (var writer = await Store.CreatePartAsync("run", "part-0.jsonl", Never))
            await writer.AppendAsync("one\n"u8.ToArray(), Never);
        await Assert.ThrowsAsync<StorageException>(async () => await Store.CreatePartAsync("run", "part-0.jsonl", Never));
        Assert.Equal("one\n", await ReadPartAsync("run", "part-0.jsonl"));
    }

    [Fact]
    public async Task MissingPart_IsNamed()
    {
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await Store.OpenPartAsync("run", "part-0.jsonl", Never));
        Assert.Contains("part-0.jsonl", failure.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_IsReplacedWhole()
    {
        Assert.Null(await Store.ReadDocumentAsync("run", "lanes/a.json", Never));
        await Store.WriteDocumentAsync("run", "lanes/a.json", "a long first content"u8.ToArray(), Never);
        await Store.WriteDocumentAsync("run", "lanes/a.json", "second"u8.ToArray(), Never);
        Assert.Equal("second", Encoding.UTF8.GetString((await Store.ReadDocumentAsync("run", "lanes/a.json", Never))!));
        await Store.WriteDocumentAsync("run", "lanes/a.json", default, Never);
        Assert.Empty((await Store.ReadDocumentAsync("run", "lanes/a.json", Never))!);
    }

    [Fact]
    public async Task Document_IsCreatedByOneOfThoseWhoTry()
    {
        // Often: those who try must meet.
        foreach (var run in Enumerable.Range(0, 20).Select(i => $"run{i}").Append("run"))
        {
            var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
                (Writer: writer, IsDone: await Store.TryCreateDocumentAsync(run, "lanes/a.json", Encoding.UTF8.GetBytes($"{writer}"), Never))));
            var first = Assert.Single(created, one => one.IsDone);
            Assert.Equal($"{first.Writer}", Encoding.UTF8.GetString((await Store.ReadDocumentAsync(run, "lanes/a.json", Never))!));
            Assert.Equal(["lanes/a.json"], await ListAsync(run, ""));
        }

        await Store.WriteDocumentAsync("run", "lanes/a.json", "second"u8.ToArray(), Never);
        Assert.False(await Store.TryCreateDocumentAsync("run", "lanes/a.json", "third"u8.ToArray(), Never));
        Assert.Equal("second", Encoding.UTF8.GetString((await Store.ReadDocumentAsync("run", "lanes/a.json", Never))!));
        await Store.DeleteDocumentAsync("run", "lanes/a.json", Never);
        Assert.True(await Store.TryCreateDocumentAsync("run", "lanes/a.json", default, Never));
    }

    [Fact]
    public async Task Listing_HoldsDocumentsButNoParts()
    {
        await Store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never);
        await Store.WriteDocumentAsync("run", "lanes/deep/b.json", new byte[1], Never);
        await Store.WriteDocumentAsync("run", "manifest.json", new byte[1], Never);
        await Store.WriteDocumentAsync("other", "lanes/c.json", new byte[1], Never);
        await Store.WriteDocumentAsync("run-2", "lanes/d.json", new byte[1], Never);
        await (await Store.CreatePartAsync("run", "part-0.jsonl", Never)).DisposeAsync();

        Assert.Equal(["lanes/a.json", "lanes/deep/b.json"], await ListAsync("run", "lanes/"));
        Assert.Equal(["lanes/a.json"], await ListAsync("run", "lanes/a."));
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
        await Store.DeleteRunAsync("run", Never);
    }

    [Fact]
    public async Task DeletedRun_LeavesNothingOfItsOwn_AndOthersAlone()
    {
        foreach (var run in (string[])["run", "run.", "run-2", "ru"])
        {
            await Store.WriteDocumentAsync(run, "lanes/a.json", new byte[1], Never);
            await (await Store.CreatePartAsync(run, "part-0.jsonl", Never)).DisposeAsync();
        }

        await Store.DeleteRunAsync("run", Never);
        Assert.Empty(await ListAsync("run", ""));
        await Assert.ThrowsAsync<StorageException>(async () => await Store.OpenPartAsync("run", "part-0.jsonl", Never));
        foreach (var run in (string[])["run.", "run-2", "ru"])
        {
            Assert.Equal(["lanes/a.json"], await ListAsync(run, ""));
            await (await Store.OpenPartAsync(run, "part-0.jsonl", Never)).DisposeAsync();
        }
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
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.TryCreateDocumentAsync(runId, name, default, Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadDocumentAsync(runId, name, Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DeleteDocumentAsync(runId, name, Never));
    }

    [Fact]
    public async Task PartsThatOverlap_AreReadInItemOrder_AndOnlyWhatCountsOfThem()
    {
        const int Items = 20_000;
        var random = new Random(1);
        var lines = Enumerable.Range(0, Items).GroupBy(index => index / 5_000 * 2 + random.Next(2));
        var parts = new List<PartRef>();
        foreach (var part in lines)
            parts.Add(await WritePartAsync($"part-{part.Key}.jsonl", [.. part.OrderBy(index => index + random.Next(50))]));
        var read = new List<long>();
        await foreach (var line in new ResultReader(Store).ReadAsync("run", parts, new ResultQuery()))
            read.Add(line.Index);
        Assert.Equal(Enumerable.Range(0, Items).Select(index => (long)index), read);
    }

    private async Task<PartRef> WritePartAsync(string name, int[] items)
    {
        await using var writer = await Store.CreatePartAsync("run", name, Never);
        var length = 0L;
        foreach (var some in items.Chunk(1_000))
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(some.Select(index =>
                FormattableString.Invariant($"{{\"index\":{index},\"status\":\"Succeeded\",\"attempts\":1,\"durationMs\":0.5}}\n"))));
            await writer.AppendAsync(bytes, Never);
            length += bytes.Length;
        }

        await writer.AppendAsync("{\"index\":1,\"sta"u8.ToArray(), Never);
        return new PartRef(name, length, items.Length, items.Min(), items.Max());
    }

    private async Task<string> ReadPartAsync(string runId, string name)
    {
        await using var stream = await Store.OpenPartAsync(runId, name, Never);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Never);
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
