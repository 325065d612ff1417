using System.Security.Cryptography;
using Fanout.Azure.Queues;
using Fanout.Runs;
using Microsoft.Extensions.Logging;

namespace Fanout.Azure;

/// <summary>A home whose runs are kept in a storage account, so that workers on other machines can share them.</summary>
public static class AzureHome
{
    /// <summary>The storage of a home that coordinates a hub's runs, its engine beside it.</summary>
    /// <param name="own">What the home would have without the account.</param>
    /// <param name="storage">The account and the hub.</param>
    /// <param name="owner">This process, as leases name it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    public static HomeStorage Coordinate(HomeStorage own, AzureStorage storage, string owner, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(own);
        var coordinator = new HubCoordinator(storage);
        return Share(storage, time, loggers, new TableRunCatalogOptions { Owner = owner, FindOwner = FindOwnerAsync }) with
        {
            FindOwner = own.FindOwner,
            BindAsync = coordinator.BindAsync,
        };

        async Task<string?> FindOwnerAsync(string runId) =>
            await own.FindOwner(runId).ConfigureAwait(false) ?? await coordinator.FindDriverAsync().ConfigureAwait(false);
    }

    /// <summary>The storage of a process of the Functions app: Durable Functions execute the hub's orchestrations, wherever that is, and no home may.</summary>
    /// <param name="storage">The account and the hub.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    public static HomeStorage Orchestrate(AzureStorage storage, TimeProvider time, ILoggerFactory loggers)
    {
        var coordinator = new HubCoordinator(storage);
        return Share(storage, time, loggers, new TableRunCatalogOptions { FindOwner = _ => Task.FromResult<string?>(HubCoordinator.DurableFunctionsForPeople) }) with
        {
            BindAsync = (_, cancellationToken) => coordinator.BindAsync(HubCoordinator.DurableFunctions, cancellationToken),
        };
    }

    /// <summary>The storage of a process that works batches of a hub's runs and drives none.</summary>
    /// <param name="storage">The account and the hub.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    public static HomeStorage Work(AzureStorage storage, TimeProvider time, ILoggerFactory loggers) => Share(storage, time, loggers, new TableRunCatalogOptions());

    private static HomeStorage Share(AzureStorage storage, TimeProvider time, ILoggerFactory loggers, TableRunCatalogOptions catalog)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(loggers);
        return new HomeStorage
        {
            Catalog = new TableRunCatalog(storage, time, Random, catalog),
            Limits = new TableLimitStore(storage, time, Random),
            Results = new BlobResultStore(storage),
            OpenWorkspace = runId => new BlobWorkspace(storage, runId),
            DeleteWorkspace = async (runId, cancellationToken) =>
            {
                await new BlobWorkspace(storage, runId).DeleteAsync(cancellationToken).ConfigureAwait(false);
                await AzureBatchQueue.DeleteRunAsync(storage, runId, cancellationToken).ConfigureAwait(false);
            },
            // Of other machines nobody knows: there the lease says it.
            IsDead = ProcessOwner.IsDeadHere,
            Queue = new AzureBatchQueue(storage, loggers.CreateLogger<AzureBatchQueue>()),
            Completions = new AzureBatchCompletions(storage, loggers.CreateLogger<AzureBatchCompletions>()),
            Requests = new AzureRequestQueue(storage, loggers.CreateLogger<AzureRequestQueue>()),
            Announcements = new AzureAnnouncementQueue(storage),
            Remote = new AzureSources(storage),
        };
    }

    private static double Random() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
