using Azure;
using Azure.Storage.Queues.Models;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Dispatch;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

/// <summary>Messages that a Functions host received, which hides them for ten minutes, and by its receipt removes or shows them when the function is over.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class AzureTriggersTests : IAsyncLifetime
{
    private static readonly TimeSpan HiddenByTheHost = TimeSpan.FromMinutes(10);

    private readonly List<BatchCompletion> _told = [];
    private AzureStorage _hub = null!;
    private AzureTriggers _triggers = null!;
    private bool _fails;

    public async Task InitializeAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub();
        _triggers = new AzureTriggers(_hub, NullLoggerFactory.Instance);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task RequestsQueue_IsThereBeforeAnybodyAsks()
    {
        Assert.False((await _hub.Queue(AzureRequestQueue.Name).ExistsAsync()).Value);
        await _triggers.OpenForRequestsAsync(default);
        await _triggers.OpenForRequestsAsync(default);
        Assert.Equal(0, await LengthAsync(AzureRequestQueue.Name));
    }

    [Fact]
    public async Task BatchThatIsDone_IsRemovedOnceItsResultIsTold()
    {
        await new AzureBatchQueue(_hub).SendAsync(Batches.Message(), default);
        var received = await HostReceivesAsync(AzureBatchQueue.Name);
        var batch = (await _triggers.OpenBatchAsync(Of(received), TellAsync, default))!;
        Assert.True(await batch.RenewAsync(AzureTriggers.Visibility, default));
        _fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => batch.CompleteAsync(Batches.Completion(), default));
        Assert.Equal(1, await LengthAsync(AzureBatchQueue.Name));
        _fails = false;
        await batch.CompleteAsync(Batches.Completion(), default);
        Assert.Equal([Batches.Json(Batches.Completion())], _told.Select(Batches.Json));
        Assert.Equal(0, await LengthAsync(AzureBatchQueue.Name));
    }

    [Fact]
    public async Task ResultOfABatchThatWasWorkedElsewhere_IsHandedOn()
    {
        await SendResultAsync();
        var told = new List<string>();
        await _triggers.DeliverAsync(Of(await HostReceivesAsync(AzureBatchCompletions.Name)), completion =>
        {
            told.Add(Batches.Json(completion));
            return Task.CompletedTask;
        }, default);
        Assert.Equal([Batches.Json(Batches.Completion())], told);
        Assert.Equal(0, await LengthAsync(AzureBatchCompletions.Name));
    }

    [Fact]
    public async Task WhatTheHostDoesWithAMessageThatWasTakenOver_ComesToNothing()
    {
        await new AzureBatchQueue(_hub).SendAsync(Batches.Message(), default);
        var received = await HostReceivesAsync(AzureBatchQueue.Name);
        var batch = (await _triggers.OpenBatchAsync(Of(received), TellAsync, default))!;
        var queue = _hub.Queue(AzureBatchQueue.Name);
        await Assert.ThrowsAsync<RequestFailedException>(() => queue.DeleteMessageAsync(received.MessageId, received.PopReceipt));
        await Assert.ThrowsAsync<RequestFailedException>(() => queue.UpdateMessageAsync(received.MessageId, received.PopReceipt, visibilityTimeout: TimeSpan.Zero));
        await batch.ReleaseAsync(default);
        var again = await HostReceivesAsync(AzureBatchQueue.Name);
        Assert.Equal((received.MessageId, 2L), (again.MessageId, again.DequeueCount));
        Assert.Null(await _triggers.OpenBatchAsync(Of(received), TellAsync, default));
        Assert.NotNull(await _triggers.OpenBatchAsync(Of(again), TellAsync, default));
    }

    [Fact]
    public async Task ResultThatCannotBeHandedOn_Stays()
    {
        await SendResultAsync();
        var result = await HostReceivesAsync(AzureBatchCompletions.Name);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _triggers.DeliverAsync(Of(result), _ => throw new InvalidOperationException("no"), default));
        Assert.Equal(1, await LengthAsync(AzureBatchCompletions.Name));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("e30=")]
    public async Task Request_IsReadThenRemovedOrPutAsideWithTheReason(string text)
    {
        var queue = _hub.Queue(AzureRequestQueue.Name);
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(text);
        var request = (await _triggers.OpenRequestAsync(Of(await HostReceivesAsync(AzureRequestQueue.Name)), default))!;
        Assert.Equal("{}", (await request.ReadAsync(default)).Spec);
        await request.RejectAsync("it is empty", default);
        Assert.Equal(0, await LengthAsync(AzureRequestQueue.Name));
        var poisoned = MessageText.Decode((await HostReceivesAsync($"{AzureRequestQueue.Name}-poison")).MessageText);
        Assert.Contains("it is empty", poisoned, StringComparison.Ordinal);
    }

    private Task TellAsync(BatchCompletion completion, CancellationToken cancellationToken)
    {
        if (_fails)
            throw new InvalidOperationException("It cannot be told now.");
        _told.Add(completion);
        return Task.CompletedTask;
    }

    // As a worker that is no part of the app.
    private async Task SendResultAsync()
    {
        var queue = new AzureBatchQueue(_hub);
        await queue.SendAsync(Batches.Message(), default);
        await (await queue.ReceiveAsync(AzureTriggers.Visibility, default))!.CompleteAsync(Batches.Completion(), default);
    }

    private static TriggerMessage Of(QueueMessage message) => new(message.MessageId, message.PopReceipt, message.DequeueCount, message.MessageText);

    private async Task<QueueMessage> HostReceivesAsync(string queue)
    {
        var message = (await _hub.Queue(queue).ReceiveMessageAsync(HiddenByTheHost)).Value;
        Assert.NotNull(message);
        return message;
    }

    private async Task<int> LengthAsync(string queue) => (await _hub.Queue(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;
}
