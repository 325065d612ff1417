using Azure.Data.Tables;
using Xunit;

namespace Fanout.Azure.Tests.Support;

[Trait("Category", Categories.Azurite)]
public sealed class OperationCountTests
{
    [Fact]
    public async Task Operations_AreCountedByServiceAndVerb()
    {
        await using var azurite = await Azurite.StartAsync();
        var hub = azurite.NewHub();
        var before = await azurite.CountAsync();
        await hub.Container.CreateAsync();
        await hub.Container.GetBlobClient("messages/run/key").UploadAsync(BinaryData.FromString("a"));
        await hub.Queue("batches").CreateAsync();
        await hub.Queue("batches").SendMessageAsync("a");
        var received = (await hub.Queue("batches").ReceiveMessageAsync()).Value;
        await hub.Queue("batches").UpdateMessageAsync(received.MessageId, received.PopReceipt, messageText: null, TimeSpan.FromSeconds(5));
        await hub.Table("Runs").CreateAsync();
        await hub.Table("Runs").AddEntityAsync(new TableEntity("a", "b"));
        await hub.Table("Runs").SubmitTransactionAsync([new TableTransactionAction(TableTransactionActionType.UpsertMerge, new TableEntity("a", "b"))]);
        Assert.False((await hub.Table("Runs").GetEntityIfExistsAsync<TableEntity>("a", "c")).HasValue);

        var count = (await azurite.CountAsync()).Since(before);

        Assert.Equal("Blob PUT 2, Queue GET 1, Queue POST 1, Queue PUT 2, Table GET 1, Table POST 3", count.ToString());
        Assert.Equal((10, 4), (count.Total, count.Of("Queue")));
        Assert.Equal(0, (await azurite.CountAsync()).Since(before).Since(count).Total);
    }
}
