using Fanout.Azure.Tests.Support;
using Xunit;

namespace Fanout.Azure.Tests.Storage;

[Trait("Category", Categories.Azurite)]
public sealed class AzureStorageTests
{
    [Fact]
    public async Task HubsOfOneAccount_KeepApart()
    {
        var azurite = await Azurite.SharedAsync();
        var (one, two) = (azurite.NewHub(), azurite.NewHub());
        foreach (var hub in new[] { one, two })
        {
            await hub.Container.CreateAsync();
            await hub.Queue("batches").CreateAsync();
            await hub.Table("Runs").CreateAsync();
        }

        await one.Queue("batches").SendMessageAsync("for one");
        Assert.Null((await two.Queue("batches").ReceiveMessageAsync()).Value);
        Assert.Equal("for one", (await one.Queue("batches").ReceiveMessageAsync()).Value.MessageText);
    }

    [Fact]
    public async Task AccountThatCannotBeReached_IsAStorageFailureThatNamesItAndNoKey()
    {
        await using var azurite = await Azurite.StartAsync();
        var hub = azurite.NewHub(options => options with { MaxAttempts = 1 });
        azurite.Stop();
        var failure = await Assert.ThrowsAsync<StorageException>(async () =>
            await AzureFailure.GuardAsync("write", "blob 'a'", hub.Connection, () => hub.Container.CreateAsync()));
        Assert.Contains("Could not write blob 'a' in storage account 'devstoreaccount1'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Eby8vdM02", failure.ToString(), StringComparison.Ordinal);
    }
}
