using System.Text;
using System.Text.Json;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Dispatch;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

[Trait("Category", Categories.Azurite)]
public sealed class AzureRequestQueueTests : IAsyncLifetime
{
    private const string Spec = """{"handler":{"name":"noop"},"source":{"kind":"range","start":0,"end":10}}""";

    private AzureStorage _hub = null!;
    private AzureRequestQueue _queue = null!;

    public async Task InitializeAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub();
        _queue = new AzureRequestQueue(_hub);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spec_MayBePlainOrBase64(bool encoded)
    {
        await Batches.PutAsync(_hub, AzureRequestQueue.Name, Spec, encoded);
        var request = await ReceiveAsync();
        Assert.Equal(Spec, (await request.ReadAsync(default)).Spec);
        await request.ReleaseAsync(default);
        var again = await ReceiveAsync();
        Assert.Equal((request.Id, 2), (again.Id, again.Count));
        Assert.Matches("^[A-Za-z0-9-]{1,80}$", again.Id);
        Assert.True(await again.RenewAsync(Batches.Visibility, default));
        await again.CompleteAsync(default);
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
    }

    [Fact]
    public async Task LargeSpec_MayWaitInABlobOfTheAccount()
    {
        var container = _hub.Blobs.GetBlobContainerClient($"{_hub.Hub}-specs");
        await container.CreateAsync();
        var large = Spec[..^1] + new string(' ', 100_000) + "}";
        await container.GetBlobClient("nightly/1.json").UploadAsync(BinaryData.FromString(large));
        await Batches.PutAsync(_hub, AzureRequestQueue.Name, $$"""{"blob":"{{container.Name}}/nightly/1.json"}""", encoded: false);
        var request = await ReceiveAsync();
        Assert.Equal(large, (await request.ReadAsync(default)).Spec);
        await request.CompleteAsync(default);
        Assert.True(await container.GetBlobClient("nightly/1.json").ExistsAsync());
    }

    [Fact]
    public async Task BlobThatIsNoSpec_IsRefusedWithTheReason()
    {
        var container = _hub.Blobs.GetBlobContainerClient($"{_hub.Hub}-specs");
        await container.CreateAsync();
        await container.GetBlobClient("binary").UploadAsync(new BinaryData(new byte[] { 0xff, 0xfe, 0x00 }));
        await container.GetBlobClient("huge").UploadAsync(new BinaryData(new byte[(2 << 20) + 1]));
        Assert.Contains("no such blob", await RefusalAsync($"{container.Name}/missing"), StringComparison.Ordinal);
        Assert.Contains("no such blob", await RefusalAsync("no-such-container/missing"), StringComparison.Ordinal);
        Assert.Contains("no container has", await RefusalAsync("Not A Container/missing"), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", await RefusalAsync($"{container.Name}/binary"), StringComparison.Ordinal);
        Assert.Contains("a spec may have 2097152", await RefusalAsync($"{container.Name}/huge"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedRequest_IsPutAsideCutToWhatFits()
    {
        await Batches.PutAsync(_hub, AzureRequestQueue.Name, "{" + new string('\u00e9', 20_000), encoded: false);
        await (await ReceiveAsync()).RejectAsync("Line 1, column 2 is not JSON.", default);
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
        var poisoned = JsonDocument.Parse(Assert.Single(await Batches.PeekAsync(_hub, "requests-poison"))).RootElement;
        Assert.Equal("Line 1, column 2 is not JSON.", poisoned.GetProperty("reason").GetString());
        Assert.StartsWith("{\u00e9\u00e9", poisoned.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<string> RefusalAsync(string blob)
    {
        await Batches.PutAsync(_hub, AzureRequestQueue.Name, $$"""{"blob":"{{blob}}"}""", encoded: true);
        var request = await ReceiveAsync();
        var text = await request.ReadAsync(default);
        await request.CompleteAsync(default);
        Assert.Null(text.Spec);
        return text.Refusal!;
    }

    private async Task<IRequestDelivery> ReceiveAsync() =>
        await _queue.ReceiveAsync(Batches.Visibility, default) ?? throw new InvalidOperationException("There is no request in the queue.");
}
