using System.Collections.Concurrent;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Dispatch;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

[Trait("Category", Categories.Azurite)]
public sealed class AzureBatchCompletionsTests
{
    [Fact]
    public async Task ResultThatCannotBeHandedOn_ComesAgainAndKeepsNoOtherBack()
    {
        var hub = (await Azurite.SharedAsync()).NewHub();
        await PutAsync(hub, "good", "bad", "fine");
        var (completions, seen, failed) = (new AzureBatchCompletions(hub), new ConcurrentQueue<string>(), 0);

        Assert.Equal(3, await completions.DeliverAsync(HandOnAsync, default));
        Assert.Equal(["fine", "good"], seen.Order(StringComparer.Ordinal));
        await Batches.UntilAsync(async () => await completions.DeliverAsync(HandOnAsync, default) > 0 ? "come again" : null);
        Assert.Equal(["bad", "fine", "good"], seen.Order(StringComparer.Ordinal));

        Task HandOnAsync(BatchCompletion completion, CancellationToken cancellationToken)
        {
            if (completion.Key == "bad" && failed++ == 0)
                throw new InvalidOperationException("Not now.");
            seen.Enqueue(completion.Key);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task StorageThatCannotTakeAResult_IsToldOnceTheOthersAreHandedOn()
    {
        var hub = (await Azurite.SharedAsync()).NewHub();
        await PutAsync(hub, "good", "bad");
        var (completions, seen) = (new AzureBatchCompletions(hub), new ConcurrentQueue<string>());
        await Assert.ThrowsAsync<StorageException>(() => completions.DeliverAsync(
            (completion, _) =>
            {
                if (completion.Key == "bad")
                    throw new StorageException("away");
                seen.Enqueue(completion.Key);
                return Task.CompletedTask;
            },
            default));
        Assert.Equal(["good"], seen);
        Assert.Empty(await Batches.PeekAsync(hub, "completions-poison"));
    }

    [Fact]
    public async Task Stop_LetsOthersHaveWhatWasNotHandedOnAtOnce()
    {
        var hub = (await Azurite.SharedAsync()).NewHub();
        await PutAsync(hub, "a");
        var completions = new AzureBatchCompletions(hub);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => completions.DeliverAsync(
            async (_, token) =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            stop.Token));
        Assert.Equal(1, await completions.DeliverAsync((_, _) => Task.CompletedTask, default));
    }

    [Fact]
    public async Task Nonsense_IsPutAside()
    {
        var hub = (await Azurite.SharedAsync()).NewHub();
        await Batches.PutAsync(hub, AzureBatchCompletions.Name, "{}", encoded: true);
        await PutAsync(hub, "a");
        Assert.Equal(1, await new AzureBatchCompletions(hub).DeliverAsync((_, _) => Task.CompletedTask, default));
        Assert.Contains("instanceId is missing", Assert.Single(await Batches.PeekAsync(hub, "completions-poison")), StringComparison.Ordinal);
    }

    private static async Task PutAsync(AzureStorage hub, params string[] keys)
    {
        foreach (var key in keys)
            await Batches.PutAsync(hub, AzureBatchCompletions.Name, Batches.Json(Batches.Completion(key)), encoded: true);
    }
}
