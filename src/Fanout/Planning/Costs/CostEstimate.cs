using System.Text.Json.Serialization;

namespace Fanout.Planning.Costs;

/// <summary>Who would do the work.</summary>
public enum CostOption
{
    /// <summary>Fanout, its orchestrations in Durable Functions over Azure Storage.</summary>
    FanoutOnAzureStorage,

    /// <summary>Fanout, its orchestrations in Durable Functions over the Durable Task Scheduler, Consumption SKU.</summary>
    FanoutOnDurableTaskScheduler,

    /// <summary>Durable Functions over Azure Storage, one orchestration that calls an activity for each item.</summary>
    OneActivityAnItem,

    /// <summary>A Distributed Map of AWS Step Functions, a standard workflow for each item.</summary>
    DistributedMapStandard,

    /// <summary>The same with an express workflow for each item.</summary>
    DistributedMapExpress,
}

/// <summary>What a run would take.</summary>
/// <param name="Option">Who would do the work.</param>
/// <param name="Time">From start to end.</param>
/// <param name="Activities">Activity calls; of Step Functions, tasks.</param>
/// <param name="Orchestrations">Orchestrations; of Step Functions, executions.</param>
/// <param name="Actions">Of the Durable Task Scheduler, actions dispatched; of Step Functions, state transitions and requests.</param>
/// <param name="Storage">Storage operations.</param>
/// <param name="Usd">Money.</param>
public sealed record CostEstimate(
    CostOption Option,
    [property: JsonConverter(typeof(HumanDurationJsonConverter))] TimeSpan Time,
    long Activities,
    long Orchestrations,
    long Actions,
    StorageOperations Storage,
    CostInUsd Usd);

/// <summary>Money in US dollars, without free grants, taxes, data stored and data transferred.</summary>
/// <param name="Actions">The scheduler or Step Functions.</param>
/// <param name="Storage">Storage operations.</param>
/// <param name="Compute">Functions: memory and executions. Of Step Functions 0: what works the items is not counted.</param>
public readonly record struct CostInUsd(double Actions, double Storage, double Compute)
{
    /// <summary>All of it.</summary>
    public double Total => Actions + Storage + Compute;
}
