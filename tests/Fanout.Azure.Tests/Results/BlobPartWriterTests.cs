using System.Text;
using Fanout.Azure.Tests.Support;
using Xunit;

namespace Fanout.Azure.Tests.Results;

[Trait("Category", Categories.Azurite)]
public sealed class BlobPartWriterTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FaultyTransport _faulty = new();

    private AzureStorage? _hub;

    public void Dispose() => _faulty.Dispose();

    [Fact]
    public async Task AppendWhoseAnswerIsLost_IsInThePartOnce()
    {
        var store = await OpenAsync();
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        FailNext("PUT appendblock", new Fault.LostAnswer());
        await writer.AppendAsync("two\n"u8.ToArray(), Never);
        await writer.AppendAsync("three\n"u8.ToArray(), Never);
        Assert.Equal("one\ntwo\nthree\n", await ReadAsync(store));
    }

    [Fact]
    public async Task AppendThatNeverArrived_IsMadeAgain()
    {
        var store = await OpenAsync();
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        FailNext("PUT appendblock", Fault.Answer(503, "ServerBusy"), new Fault.Reset());
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        Assert.Equal("one\n", await ReadAsync(store));
    }

    [Fact]
    public async Task AppendThatFailedForGoodButArrived_IsFoundWhenItIsMadeAgain()
    {
        var store = await OpenAsync(attempts: 1);
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        FailNext("PUT appendblock", new Fault.LostAnswer());
        await Assert.ThrowsAsync<StorageException>(async () => await writer.AppendAsync("two\n"u8.ToArray(), Never));
        await writer.AppendAsync("two\n"u8.ToArray(), Never);
        await writer.AppendAsync("three\n"u8.ToArray(), Never);
        Assert.Equal("one\ntwo\nthree\n", await ReadAsync(store));
    }

    [Fact]
    public async Task AppendOfManyBlocks_OfWhichSomeArrived_GoesOnBehindThem()
    {
        var store = await OpenAsync(attempts: 1);
        var bytes = new byte[(2 * BlobPartWriter.MaxBlockBytes) + 1_000];
        new Random(1).NextBytes(bytes);
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        var blocks = 0;
        _faulty.FailNext(request => RequestLog.NameOf(request) == "PUT appendblock" && ++blocks == 2, new Fault.LostAnswer());
        await Assert.ThrowsAsync<StorageException>(async () => await writer.AppendAsync(bytes, Never));
        await writer.AppendAsync(bytes, Never);
        await using var part = await store.OpenPartAsync("run", "part", Never);
        var read = new byte[bytes.Length];
        await part.ReadExactlyAsync(read, Never);
        Assert.Equal(bytes, read);
        Assert.Equal(0, await part.ReadAsync(new byte[1], Never));
    }

    [Fact]
    public async Task OtherBytesThanThoseThatArrived_AreRefused()
    {
        var store = await OpenAsync(attempts: 1);
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        FailNext("PUT appendblock", new Fault.LostAnswer());
        await Assert.ThrowsAsync<StorageException>(async () => await writer.AppendAsync("one\n"u8.ToArray(), Never));
        foreach (var other in (string[])["two\n", "on", "two\nthree\n"])
        {
            var failure = await Assert.ThrowsAsync<StorageException>(async () => await writer.AppendAsync(Encoding.UTF8.GetBytes(other), Never));
            Assert.Contains("is not what this process wrote", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal("one\n", await ReadAsync(store));
    }

    [Fact]
    public async Task ZombieAndItsSuccessor_NeverMixWhatTheyWrite()
    {
        var store = await OpenAsync();
        var hub = _hub!;
        var name = "results/run/part";
        await using var zombie = await store.CreatePartAsync("run", "part", Never);
        await zombie.AppendAsync("one\n"u8.ToArray(), Never);
        await hub.Container.DeleteBlobAsync(name, cancellationToken: Never);
        var purged = await Assert.ThrowsAsync<StorageException>(async () => await zombie.AppendAsync("two\n"u8.ToArray(), Never));
        Assert.Contains("does not exist", purged.Message, StringComparison.Ordinal);

        await using var successor = await store.CreatePartAsync("run", "part", Never);
        await Assert.ThrowsAsync<StorageException>(async () => await zombie.AppendAsync("two\n"u8.ToArray(), Never));
        await successor.AppendAsync("uno\ndos\ntres\n"u8.ToArray(), Never);
        await Assert.ThrowsAsync<StorageException>(async () => await zombie.AppendAsync("two\n"u8.ToArray(), Never));
        Assert.Equal("uno\ndos\ntres\n", await ReadAsync(store));
    }

    [Fact]
    public async Task PartWhoseCreationIsAnsweredTwice_IsTheWritersOwn()
    {
        var store = await OpenAsync();
        await store.WriteDocumentAsync("run", "plan.json", new byte[1], Never);
        FailNext("PUT", new Fault.LostAnswer());
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        Assert.Equal("one\n", await ReadAsync(store));
        FailNext("PUT", new Fault.LostAnswer());
        await Assert.ThrowsAsync<StorageException>(async () => await store.CreatePartAsync("run", "part", Never));
    }

    [Fact]
    public async Task PartAndItsAppends_CostARequestEach()
    {
        var store = await OpenAsync();
        await store.WriteDocumentAsync("run", "plan.json", new byte[1], Never);
        var log = new RequestLog(_faulty);
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        await writer.AppendAsync(new byte[300_000], Never);
        await writer.SyncAsync(Never);
        await writer.AppendAsync(new byte[10], Never);
        await writer.SyncAsync(Never);
        await store.WriteDocumentAsync("run", "lanes/a.json", new byte[2_000_000], Never);
        Assert.Equal(["PUT", "PUT appendblock", "PUT appendblock", "PUT"], log.Requests);
    }

    private void FailNext(string request, params Fault[] faults) => _faulty.FailNext(message => RequestLog.NameOf(message) == request, faults);

    private async Task<BlobResultStore> OpenAsync(int attempts = 4)
    {
        _hub = (await Azurite.SharedAsync()).NewHub(options => _faulty.In(options) with { MaxAttempts = attempts, RequestTimeout = TimeSpan.FromSeconds(30) });
        await _hub.EnsureContainerAsync(Never);
        return new BlobResultStore(_hub);
    }

    private static async Task<string> ReadAsync(BlobResultStore store)
    {
        await using var stream = await store.OpenPartAsync("run", "part", Never);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Never);
    }
}
