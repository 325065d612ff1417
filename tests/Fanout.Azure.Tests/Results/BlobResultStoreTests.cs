using System.Globalization;
using Azure.Storage.Blobs.Specialized;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Results;
using Fanout.Results;
using Xunit;

namespace Fanout.Azure.Tests.Results;

[Trait("Category", Categories.Azurite)]
public sealed class BlobResultStoreTests : ResultStoreContract, IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FaultyTransport _faulty = new();
    private AzureStorage? _hub;

    public void Dispose() => _faulty.Dispose();

    // No container is created: the first thing written does that.
    protected override async Task<IResultStore> OpenAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub(options => _faulty.In(options) with { RequestTimeout = TimeSpan.FromSeconds(30) });
        return new BlobResultStore(_hub);
    }

    [Fact]
    public async Task PartsAndDocuments_AreUnderTheirRun()
    {
        await (await Store.CreatePartAsync("run", "part-0.jsonl", Never)).DisposeAsync();
        await Store.WriteDocumentAsync("run", "lanes/a b.json", new byte[1], Never);
        Assert.True((await _hub!.Container.GetBlobClient("results/run/part-0.jsonl").ExistsAsync()).Value);
        Assert.True((await _hub.Container.GetBlobClient("results/run/lanes/a b.json").ExistsAsync()).Value);
        Assert.Equal($"{_hub.Container.Uri}/results/run", Store.Locate("run"));
    }

    [Fact]
    public void PlaceOfResults_HoldsNoSignature()
    {
        const string Sas = "BlobEndpoint=https://orders.blob.core.windows.net;QueueEndpoint=https://orders.queue.core.windows.net;"
            + "TableEndpoint=https://orders.table.core.windows.net;SharedAccessSignature=sv=2024-01-01&sig=c2VjcmV0";
        Assert.Equal("https://orders.blob.core.windows.net/fanout/results/run", new BlobResultStore(AzureStorage.Connect(Sas)).Locate("run"));
    }

    [Fact]
    public async Task DocumentsOfAFolder_AreListedInOneRequest_HoweverManyPartsThereAre()
    {
        for (var number = 0; number < 30; number++)
            await (await Store.CreatePartAsync("run", string.Create(CultureInfo.InvariantCulture, $"part-{number}.jsonl"), Never)).DisposeAsync();
        await Store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never);
        var listed = new List<string>();
        _faulty.Script(request =>
        {
            listed.Add(request.RequestUri!.Query);
            return null;
        });
        Assert.Equal(["lanes/a.json"], await Store.ListDocumentsAsync("run", "lanes/", Never).ToListAsync());
        Assert.Contains("prefix=results%2Frun%2Flanes%2F", Assert.Single(listed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SmallPart_IsOpenedScannedAndReadInOneRequest()
    {
        await WriteAsync(new byte[200_000]);
        var log = new RequestLog(_faulty);
        await using var part = await Store.OpenPartAsync("run", "part", Never);
        await part.ReadExactlyAsync(new byte[200_000], Never);
        part.Position = 70_000;
        await part.ReadExactlyAsync(new byte[1_000], Never);
        Assert.Equal(["GET"], log.Requests);
    }

    [Fact]
    public async Task LargePart_IsReadInFewRequests_NoneOfMoreThanAMebibyte()
    {
        const int Block = BlobPartWriter.MaxBlockBytes;
        await WriteAsync([.. Enumerable.Repeat(new byte[Block], 10)]);
        var ranges = new List<string>();
        _faulty.Script(request =>
        {
            ranges.Add(request.Headers.GetValues("x-ms-range").Single());
            return null;
        });

        await using var part = await Store.OpenPartAsync("run", "part", Never);
        var buffer = new byte[10_000];
        long read = 0;
        while (await part.ReadAsync(buffer, Never) is > 0 and var some)
            read += some;
        Assert.Equal(10 * Block, read);
        Assert.InRange(ranges.Count, 41, 44);
        Assert.All(ranges, range => Assert.InRange(LengthOf(range), 1, BlobReadStream.MaxWindow));
    }

    [Fact]
    public async Task AnswerThatBreaksOff_IsGoneOnWith()
    {
        var bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        await WriteAsync(bytes);
        _faulty.FailNext(_ => true, new Fault.BrokenAnswer(50_000));
        await using var part = await Store.OpenPartAsync("run", "part", Never);
        var read = new byte[bytes.Length];
        await part.ReadExactlyAsync(read, Never);
        Assert.Equal(bytes, read);
        Assert.Equal(1, _faulty.Faults);
    }

    [Fact]
    public async Task AnswerThatBreaksOffWhileThePartGrows_IsAskedForAnew()
    {
        await WriteAsync(new byte[200_000]);
        var unbroken = AzureStorage.Connect((await Azurite.SharedAsync()).ConnectionString, new AzureStorageOptions { Hub = _hub!.Hub });
        var requests = 0;
        _faulty.Script(_ =>
        {
            if (++requests == 2)
                unbroken.Container.GetAppendBlobClient("results/run/part").AppendBlock(new MemoryStream(new byte[1_000]));
            return requests == 1 ? new Fault.BrokenAnswer(50_000) : null;
        });
        await using var part = await Store.OpenPartAsync("run", "part", Never);
        await part.ReadExactlyAsync(new byte[200_000], Never);
        Assert.Equal(201_000, part.Length);
    }

    [Fact]
    public async Task StoppedAccount_FailsAsStorage_AndWhatWasBegunGoesOnOnceItIsBack()
    {
        await using var azurite = await Azurite.StartAsync();
        var store = new BlobResultStore(azurite.NewHub(options => options with { MaxAttempts = 2 }));
        await using var writer = await store.CreatePartAsync("run", "part", Never);
        await writer.AppendAsync("one\n"u8.ToArray(), Never);
        azurite.Stop();
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await writer.AppendAsync("two\n"u8.ToArray(), Never));
        Assert.Contains("Could not append to blob 'results/run/part' in storage account 'devstoreaccount1': the account cannot be reached", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageException>(async () => await store.WriteDocumentAsync("run", "lanes/a.json", new byte[1], Never));

        await azurite.RestartAsync();
        await writer.AppendAsync("two\n"u8.ToArray(), Never);
        await using var part = await store.OpenPartAsync("run", "part", Never);
        using var reader = new StreamReader(part);
        Assert.Equal("one\ntwo\n", await reader.ReadToEndAsync(Never));
    }

    private async Task WriteAsync(params byte[][] appends)
    {
        await using var writer = await Store.CreatePartAsync("run", "part", Never);
        foreach (var bytes in appends)
            await writer.AppendAsync(bytes, Never);
    }

    private static long LengthOf(string range)
    {
        var bounds = range["bytes=".Length..].Split('-');
        return long.Parse(bounds[1], CultureInfo.InvariantCulture) - long.Parse(bounds[0], CultureInfo.InvariantCulture) + 1;
    }
}
