using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Dispatch;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

[Trait("Category", Categories.Azurite)]
public sealed class AzureBatchQueueTests : IAsyncLifetime, IDisposable
{
    private readonly FaultyTransport _wire = new();
    private AzureStorage _hub = null!;
    private AzureBatchQueue _queue = null!;
    private AzureBatchCompletions _completions = null!;

    public async Task InitializeAsync()
    {
        var azurite = await Azurite.SharedAsync();
        _hub = azurite.NewHub(_wire.In);
        (_queue, _completions) = (new AzureBatchQueue(_hub), new AzureBatchCompletions(_hub));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _wire.Dispose();

    [Fact]
    public async Task Batch_ArrivesAsItWasSentAndItsResultReachesTheBranch()
    {
        await _queue.SendAsync(Batches.Message(), default);
        var delivery = await ReceiveAsync();
        Assert.Equal(Batches.Json(Batches.Message()), Batches.Json(delivery.Message));
        Assert.Equal(1, delivery.Count);
        Assert.True(await delivery.RenewAsync(Batches.Visibility, default));
        Assert.True(await delivery.RenewAsync(Batches.Visibility, default));
        await delivery.CompleteAsync(Batches.Completion(), default);

        Assert.Equal([Batches.Json(Batches.Completion())], await DeliverAsync());
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
        Assert.Empty(await DeliverAsync());
    }

    [Fact]
    public async Task BatchThatIsHeld_IsHiddenUntilItIsReleased()
    {
        await _queue.SendAsync(Batches.Message(), default);
        var first = await ReceiveAsync();
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
        await first.ReleaseAsync(default);
        var second = await ReceiveAsync();
        Assert.Equal(2, second.Count);
        Assert.False(await first.RenewAsync(Batches.Visibility, default));
        await first.ReleaseAsync(default);
        Assert.True(await second.RenewAsync(Batches.Visibility, default));
    }

    [Fact]
    public async Task BatchThatIsNotRenewed_ComesBackAndItsFirstHolderMayStillTellItsResult()
    {
        await _queue.SendAsync(Batches.Message(), default);
        var first = (await _queue.ReceiveAsync(TimeSpan.FromSeconds(1), default))!;
        var second = await Batches.UntilAsync(() => _queue.ReceiveAsync(Batches.Visibility, default));
        Assert.Equal(2, second.Count);
        Assert.False(await first.RenewAsync(Batches.Visibility, default));
        await first.CompleteAsync(Batches.Completion(), default);
        Assert.True(await second.RenewAsync(Batches.Visibility, default));
        await second.CompleteAsync(Batches.Completion(), default);
        Assert.Equal(2, (await DeliverAsync()).Count);
        Assert.False(await second.RenewAsync(Batches.Visibility, default));
    }

    [Fact]
    public async Task Renewals_AndCompletionAtOnce_RemoveTheMessage()
    {
        await _queue.SendAsync(Batches.Message(), default);
        var delivery = await ReceiveAsync();
        await Task.WhenAll(
            delivery.RenewAsync(Batches.Visibility, default),
            delivery.CompleteAsync(Batches.Completion(), default),
            delivery.RenewAsync(TimeSpan.FromSeconds(1), default));
        Assert.Empty(await Batches.PeekAsync(_hub, AzureBatchQueue.Name));
        Assert.False(await delivery.RenewAsync(Batches.Visibility, default));
    }

    [Fact]
    public async Task LargeBatchAndResult_WaitInBlobsUntilTheyAreDone()
    {
        var (message, completion) = (Batches.Message(pending: 5_000), Batches.Completion(pending: 5_000));
        await _queue.SendAsync(message, default);
        var peeked = Assert.Single(await Batches.PeekAsync(_hub, AzureBatchQueue.Name));
        var blob = Assert.Single(await Batches.BlobsAsync(_hub));
        Assert.StartsWith("messages/r/b000-l00-00000-", blob, StringComparison.Ordinal);
        Assert.Equal($$"""{"blob":"{{_hub.Hub}}/{{blob}}"}""", peeked);

        var delivery = await ReceiveAsync();
        Assert.Equal(Batches.Json(message), Batches.Json(delivery.Message));
        await delivery.CompleteAsync(completion, default);
        Assert.NotEqual(blob, Assert.Single(await Batches.BlobsAsync(_hub)));
        Assert.Equal([Batches.Json(completion)], await DeliverAsync());
        Assert.Empty(await Batches.BlobsAsync(_hub));
    }

    [Fact]
    public async Task BatchSentTwice_IsDroppedOnceItIsDone()
    {
        await _queue.SendAsync(Batches.Message(pending: 5_000), default);
        await _queue.SendAsync(Batches.Message(pending: 5_000), default);
        Assert.Single(await Batches.BlobsAsync(_hub));
        await (await ReceiveAsync()).CompleteAsync(Batches.Completion(), default);
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
        Assert.Empty(await Batches.PeekAsync(_hub, "batches-poison"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_000)]
    [InlineData(5_000)]
    public async Task NoMessage_IsLargerThanItMayBe(int pending)
    {
        await _queue.SendAsync(Batches.Message(pending: pending), default);
        var peeked = (await _hub.Queue(AzureBatchQueue.Name).PeekMessageAsync()).Value;
        Assert.InRange(peeked.Body.ToMemory().Length, 1, AzureStorage.MaxInlineBytes);
    }

    [Fact]
    public async Task Nonsense_IsPutAsideWithTheReasonAndNothingElseStops()
    {
        await Batches.PutAsync(_hub, AzureBatchQueue.Name, "no JSON at all", encoded: false);
        await Batches.PutAsync(_hub, AzureBatchQueue.Name, "{\"instanceId\":\"r:b000\"}", encoded: true);
        await Batches.PutAsync(_hub, AzureBatchQueue.Name, $$"""{"blob":"{{_hub.Hub}}/results/r/manifest.json"}""", encoded: true);
        await Batches.PutAsync(_hub, AzureBatchQueue.Name, "{\"instanceId\":\"r:b000\",\"input\":{\"start\":\"one\"}}", encoded: true);
        await _queue.SendAsync(Batches.Message(), default);

        Assert.Equal("r:b000", (await ReceiveAsync()).Message.InstanceId);

        var poisoned = await Batches.PeekAsync(_hub, "batches-poison");
        Assert.Equal(4, poisoned.Count);
        Assert.Contains("\"message\":\"no JSON at all\"", poisoned[0], StringComparison.Ordinal);
        Assert.Contains("input is missing", poisoned[1], StringComparison.Ordinal);
        Assert.Contains("which is not under", poisoned[2], StringComparison.Ordinal);
        Assert.Contains("input.start", poisoned[3], StringComparison.Ordinal);
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
    }

    [Fact]
    public async Task WhatARunHasLeft_IsDeletedWithItAndNoOthers()
    {
        await _queue.SendAsync(Batches.Message(pending: 5_000), default);
        var other = Batches.Message(pending: 5_000);
        await _queue.SendAsync(other with { Input = other.Input with { RunId = "r2" } }, default);
        await AzureBatchQueue.DeleteRunAsync(_hub, "r", default);
        Assert.StartsWith("messages/r2/", Assert.Single(await Batches.BlobsAsync(_hub)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_CostsFiveRequestsAndItsShareOfOne()
    {
        await _queue.SendAsync(Batches.Message(), default); // Creates the queues.
        await (await ReceiveAsync()).CompleteAsync(Batches.Completion(), default);
        await DeliverAsync();
        var before = _wire.Requests;
        for (var number = 0; number < 10; number++)
        {
            await _queue.SendAsync(Batches.Message($"b{number}"), default);
            await (await ReceiveAsync()).CompleteAsync(Batches.Completion($"b{number}"), default);
        }

        Assert.Equal(10, (await DeliverAsync()).Count);
        Assert.Equal(51, _wire.Requests - before);
    }

    [Fact]
    public async Task QueueThatWasDeleted_IsCreatedAgain()
    {
        await _queue.SendAsync(Batches.Message("one"), default);
        await _hub.Queue(AzureBatchQueue.Name).DeleteAsync();
        Assert.Null(await _queue.ReceiveAsync(Batches.Visibility, default));
        await _queue.SendAsync(Batches.Message("two"), default);
        Assert.Equal("two", (await ReceiveAsync()).Message.Input.Key);
    }

    private async Task<IBatchDelivery> ReceiveAsync() =>
        await _queue.ReceiveAsync(Batches.Visibility, default) ?? throw new InvalidOperationException("There is no batch in the queue.");

    private async Task<List<string>> DeliverAsync()
    {
        var delivered = new List<string>();
        var count = await _completions.DeliverAsync(
            (completion, _) =>
            {
                lock (delivered)
                    delivered.Add(Batches.Json(completion));
                return Task.CompletedTask;
            },
            default);
        Assert.Equal(delivered.Count, count);
        return delivered;
    }
}
