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
    public async Task WorkBatchAsync(
        [QueueTrigger(Hub + AzureBatchQueue.Name)] QueueMessage message,
        [DurableClient] DurableTaskClient client,
        FunctionContext function)
    {
        var batch = await home.Triggers.OpenBatchAsync(
            Of(message), (completion, cancellationToken) => TellAsync(client, completion, cancellationToken), function.CancellationToken).ConfigureAwait(false);
        if (batch is not null)
            await home.Worker.WorkAsync(batch, function.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Brings the result of a batch that was worked outside the app to its branch.</summary>
    [Function("completeBatch")]
    public Task CompleteBatchAsync(
        [QueueTrigger(Hub + AzureBatchCompletions.Name)] QueueMessage message,
        [DurableClient] DurableTaskClient client,
        FunctionContext function) =>
        home.Triggers.DeliverAsync(Of(message), completion => TellAsync(client, completion, function.CancellationToken), function.CancellationToken);

    /// <summary>Starts the run that a message asks for. One that is malformed or refused is put aside with the reason.</summary>
    [Function("startRequested")]
    public async Task StartRequestedAsync(
        [QueueTrigger(Hub + AzureRequestQueue.Name)] QueueMessage message,
        [DurableClient] DurableTaskClient client,
        FunctionContext function)
    {
        if (await home.Triggers.OpenRequestAsync(Of(message), function.CancellationToken).ConfigureAwait(false) is not { } request)
            return;
        var intake = new RequestIntake(home.ClientOver(client), home.Registry, home.Rules);
        var answer = await intake.TakeAsync(request, function.CancellationToken).ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
            await request.RejectAsync(refusal, function.CancellationToken).ConfigureAwait(false);
        else
            await request.CompleteAsync(function.CancellationToken).ConfigureAwait(false);
    }

    private static Task TellAsync(DurableTaskClient client, BatchCompletion completion, CancellationToken cancellationToken) =>
        new DurableClient(client).RaiseEventAsync(completion.InstanceId, BatchCompletion.EventName(completion.Key), completion.Result, cancellationToken);

    private static TriggerMessage Of(QueueMessage message) => new(message.MessageId, message.PopReceipt, message.DequeueCount, message.MessageText);
}
