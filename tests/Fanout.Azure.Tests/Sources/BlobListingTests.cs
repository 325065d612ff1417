using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Sources;
using Fanout.Serialization;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

[Trait("Category", Categories.Azurite)]
public sealed class BlobListingTests : IAsyncLifetime
{
    private readonly CountingTransport _traffic = new();
    private AzureStorage? _storage;

    private AzureStorage Storage => _storage ?? throw new InvalidOperationException("Not initialized.");

    public async Task InitializeAsync()
    {
        _storage = (await Azurite.SharedAsync()).NewHub(options => options with { Transport = _traffic });
        await _storage.Container.CreateAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task BlobsOfManyPages_AreItemsInOrdinalOrderOfName()
    {
        var names = Enumerable.Range(0, 12_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"many/{i * 7 % 12_000:D5}")).ToList();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (name, cancellationToken) =>
            await Storage.Container.GetBlobClient(name).UploadAsync(BinaryData.FromString(""), overwrite: true, cancellationToken));
        var source = Source("many/");
        var workspace = new MemoryWorkspace();
        var before = _traffic.Requests;
        var plan = await source.Plan(workspace);
        Assert.Equal(4, _traffic.Requests - before); // the check, and three pages
        Assert.Equal(12_000, plan.ItemCount);
        var items = await source.Read(plan, workspace, 0, 12_000);
        Assert.Equal(names.Order(StringComparer.Ordinal), items.Select(item => Parse(item.Value).Name));
        Assert.Equal(4, _traffic.Requests - before);
    }

    [Fact]
    public async Task Item_SaysWhatTheBlobIs_AndOpensIt()
    {
        var uploaded = await Storage.Container.GetBlobClient("2026/é \"a\".png").UploadAsync(
            BinaryData.FromString("pixels"), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "image/png" } });
        var text = Assert.Single(await Source(null).ReadAll()).Value;
        using var json = JsonDocument.Parse(text);
        Assert.Equal(["container", "name", "size", "contentType", "lastModified"], json.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.EndsWith("Z\"}", text, StringComparison.Ordinal);

        var item = Parse(text);
        Assert.Equal(new BlobItem(Storage.Hub, "2026/é \"a\".png", 6, "image/png", uploaded.Value.LastModified), item);
        using var content = new StreamReader(await new BlobReader(Storage).OpenReadAsync(item, CancellationToken.None));
        Assert.Equal("pixels", await content.ReadToEndAsync());
    }

    [Fact]
    public async Task OnlyNamesThatBeginWithThePrefix_AreListed_AndNoDirectories()
    {
        foreach (var name in new[] { "a/1", "a/2", "b/1" })
            await Storage.Container.UploadBlobAsync(name, BinaryData.FromString(""));
        await Storage.Container.GetBlobClient("a/directory").UploadAsync(
            BinaryData.FromString(""), new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } });
        Assert.Equal(["a/1", "a/2"], (await Source("a/").ReadAll()).Select(item => Parse(item.Value).Name));
    }

    [Fact]
    public async Task BlobsThatComeOrGoAfterPlanning_ChangeNothing()
    {
        await Storage.Container.UploadBlobAsync("a", BinaryData.FromString(""));
        var source = Source(null);
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        await Storage.Container.DeleteBlobAsync("a");
        await Storage.Container.UploadBlobAsync("b", BinaryData.FromString(""));
        await source.VerifyAsync(plan, workspace, CancellationToken.None);
        var item = Parse(Assert.Single(await source.Read(plan, workspace, 0, 1)).Value);
        Assert.Equal("a", item.Name);
        await Assert.ThrowsAsync<SourceException>(async () => await new BlobReader(Storage).OpenReadAsync(item, CancellationToken.None));
    }

    [Fact]
    public async Task EmptyListing_AndMissingContainer_AreRefused()
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => Source("nowhere/").Plan(new MemoryWorkspace()));
        Assert.Equal(
            $"No blob is in container '{Storage.Hub}' in storage account 'devstoreaccount1' whose name begins with 'nowhere/'. Correct the container or the prefix.",
            error.Message);
        var missing = SourceReading.Factory(remote: new AzureSources(Storage)).Create(new BlobsSourceSpec { Container = "nowhere" });
        error = await Assert.ThrowsAsync<SourceException>(async () => await missing.CheckAsync(CancellationToken.None));
        Assert.StartsWith("There is no container 'nowhere' in storage account 'devstoreaccount1'.", error.Message, StringComparison.Ordinal);
    }

    private static BlobItem Parse(string json) => JsonSerializer.Deserialize<BlobItem>(json, FanoutJson.Options)!;

    private ISource Source(string? prefix) =>
        SourceReading.Factory(remote: new AzureSources(Storage)).Create(new BlobsSourceSpec { Container = Storage.Hub, Prefix = prefix });
}
