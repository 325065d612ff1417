using Fanout.Azure.Tests.Support;
using Fanout.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fanout.Azure.Tests.Homes;

/// <summary>A hub's orchestrations are in one place.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class HubCoordinatorTests : IAsyncLifetime
{
    private AzureStorage _hub = null!;

    public async Task InitializeAsync() => _hub = (await Azurite.SharedAsync()).NewHub();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task HubOfDurableFunctions_IsDrivenByNoHome()
    {
        var app = AzureHome.Orchestrate(_hub, TimeProvider.System, NullLoggerFactory.Instance);
        await app.BindAsync!("", default);
        await app.BindAsync!("", default);
        var another = AzureHome.Orchestrate(_hub, TimeProvider.System, NullLoggerFactory.Instance);
        await another.BindAsync!("", default);

        var home = Home();
        var refused = await Assert.ThrowsAsync<StorageException>(() => home.BindAsync!("a home", default));
        Assert.Contains("are coordinated elsewhere, by Durable Functions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunsOfDurableFunctions_AreDrivenWhoeverLooks()
    {
        var app = AzureHome.Orchestrate(_hub, TimeProvider.System, NullLoggerFactory.Instance);
        await app.BindAsync!("", default);
        await app.Catalog.TryAddAsync(new RunRecord { Id = "r", SpecJson = "{}", CreatedAt = TimeProvider.System.GetUtcNow() }, default);
        Assert.Equal("Durable Functions", (await app.Catalog.GetAsync("r", default))!.DrivenBy);
        Assert.Equal("Durable Functions", (await Home().Catalog.GetAsync("r", default))!.DrivenBy);
    }

    [Fact]
    public async Task HubOfAHome_IsNotForDurableFunctions()
    {
        await Home().BindAsync!("a home", default);
        var app = AzureHome.Orchestrate(_hub, TimeProvider.System, NullLoggerFactory.Instance);
        var refused = await Assert.ThrowsAsync<StorageException>(() => app.BindAsync!("", default));
        Assert.Contains($"by another home, on {Environment.MachineName}", refused.Message, StringComparison.Ordinal);
        await Home().Catalog.TryAddAsync(new RunRecord { Id = "r", SpecJson = "{}", CreatedAt = TimeProvider.System.GetUtcNow() }, default);
        Assert.Null((await Home().Catalog.GetAsync("r", default))!.DrivenBy);
    }

    private HomeStorage Home() => AzureHome.Coordinate(Own(), _hub, ProcessOwner.Create(), TimeProvider.System, NullLoggerFactory.Instance);

    // What it would have without the account; of it only who holds a lease is asked.
    private HomeStorage Own() => AzureHome.Work(_hub, TimeProvider.System, NullLoggerFactory.Instance);
}
