using System.Text;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

[Trait("Category", Categories.Azurite)]
public sealed class AzureAnnouncementQueueTests
{
    [Fact]
    public async Task Announcement_ArrivesInAQueueThatIsCreatedForIt()
    {
        var hub = (await Azurite.SharedAsync()).NewHub();
        await new AzureAnnouncementQueue(hub).SendAsync($"{hub.Hub}-done", """{"runId":"r","status":"Succeeded"}"""u8.ToArray(), default);
        Assert.Equal(["""{"runId":"r","status":"Succeeded"}"""], await Batches.PeekAsync(hub, "done"));
        Assert.Empty(await Batches.BlobsAsync(hub));
    }

    [Fact]
    public async Task LargeAnnouncement_WaitsInABlobOfItsRun()
    {
        var hub = (await Azurite.SharedAsync()).NewHub();
        var body = Encoding.UTF8.GetBytes($$"""{"runId":"r","reduced":"{{new string('x', 20_000)}}"}""");
        await new AzureAnnouncementQueue(hub).SendAsync($"{hub.Hub}-done", body, default);
        var blob = Assert.Single(await Batches.BlobsAsync(hub));
        Assert.StartsWith("messages/r/announcement-", blob, StringComparison.Ordinal);
        Assert.Equal([$$"""{"blob":"{{hub.Hub}}/{{blob}}"}"""], await Batches.PeekAsync(hub, "done"));
        Assert.Equal(body, (await hub.Container.GetBlobClient(blob).DownloadContentAsync()).Value.Content.ToArray());
    }
}
