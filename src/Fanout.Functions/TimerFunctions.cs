using Fanout.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Fanout.Functions;

/// <summary>What is done from time to time.</summary>
internal sealed class TimerFunctions(FunctionsHome home)
{
    private const string EveryHour = "0 23 * * * *";
    private const string EveryMinute = "30 * * * * *";

    /// <summary>Deletes the runs that ended <c>Fanout:RetainFor</c> ago.</summary>
    [Function("purgeEnded")]
    public Task PurgeEndedAsync([TimerTrigger(EveryHour)] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        home.ClientOver(client).PurgeEndedAsync(home.RetainFor, home.Time.GetUtcNow(), function.CancellationToken);

    /// <summary>Mends what crashes and other processes have left half done: orchestrations, and shares of limits.</summary>
    [Function("repair")]
    public Task RepairAsync([TimerTrigger(EveryMinute)] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        home.RepairOver(client).RepairAsync(function.CancellationToken);
}
