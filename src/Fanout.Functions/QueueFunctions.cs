using Azure.Storage.Queues.Models;
using Fanout.Azure.Queues;
using Fanout.Dispatch;
using Fanout.Functions.Engine;
using Fanout.Orchestration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Fanout.Functions;

/// <summary>What the hub's queues bring: batches to work, their results, and requests for runs.</summary>
internal sealed class QueueFunctions(FunctionsHome home)
{
    private const string Hub = "%Fanout:Hub%-";

    /// <summary>Works a batch. The length of this queue says how many instances are of use.</summary>
    [Function("workBatch")]
    public async Task WorkBatchAsync([QueueTrigger(Hub + AzureBatchQueue.Name)] QueueMessage message, FunctionContext function)
    {
        var batch = await home.Triggers.OpenBatchAsync(message.MessageId, message.DequeueCount, message.MessageText, function.CancellationToken).ConfigureAwait(false);
        if (batch is null)
            return;
        await home.Worker.WorkAsync(batch, function.CancellationToken).ConfigureAwait(false);
        if (!batch.IsDone)
            throw new StorageException($"Batch {batch.Message.Input.Key} of run '{batch.Message.Input.RunId}' is left to another delivery.");
    }

    /// <summary>Brings a batch's result to its branch.</summary>
    [Function("completeBatch")]
    public Task CompleteBatchAsync(
        [QueueTrigger(Hub + AzureBatchCompletions.Name)] QueueMessage message,
        [DurableClient] DurableTaskClient client,
        FunctionContext function)
    {
        var engine = new DurableClient(client);
        return home.Triggers.DeliverAsync(
            message.MessageId,
            message.MessageText,
            completion => engine.RaiseEventAsync(completion.InstanceId, BatchCompletion.EventName(completion.Key), completion.Result, function.CancellationToken),
            function.CancellationToken);
    }

    /// <summary>Starts the run that a message asks for.</summary>
    [Function("startRequested")]
    public async Task StartRequestedAsync(
        [QueueTrigger(Hub + AzureRequestQueue.Name)] QueueMessage message,
        [DurableClient] DurableTaskClient client,
        FunctionContext function)
    {
        var intake = new RequestIntake(home.ClientOver(client), home.Registry);
        var answer = await intake.TakeAsync(message.MessageId, message.MessageText, function.CancellationToken).ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
            await home.Triggers.RefuseAsync(message.MessageId, message.MessageText, refusal, function.CancellationToken).ConfigureAwait(false);
    }
}
