using Fanout.Dispatch;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout.Runs;

/// <summary>Where a home keeps its runs: beside the engine's database on one machine, or in a storage account that workers on other machines share.</summary>
public sealed record HomeStorage
{
    /// <summary>The list of runs.</summary>
    public required IRunCatalog Catalog { get; init; }

    /// <summary>The limits that runs share.</summary>
    public required ILimitStore Limits { get; init; }

    /// <summary>Where results live.</summary>
    public required IResultStore Results { get; init; }

    /// <summary>A run's own place for what its source derives.</summary>
    public required Func<string, ISourceWorkspace> OpenWorkspace { get; init; }

    /// <summary>Deletes what a run's source derived, and what of it is still on its way.</summary>
    public required Func<string, CancellationToken, ValueTask> DeleteWorkspace { get; init; }

    /// <summary>Who holds a run's lease in the home's engine, as leases name it; null: nobody.</summary>
    public Func<string, Task<string?>> FindOwner { get; init; } = static _ => Task.FromResult<string?>(null);

    /// <summary>Says whether the process of that name, as leases have it, is certainly gone.</summary>
    public required Func<string, bool> IsDead { get; init; }

    /// <summary>
    /// How long a process that does not renew its shares of limits keeps them when it is not known to be dead: where all processes are of one machine it
    /// is held up, with items in flight. Default: not at all.
    /// </summary>
    public TimeSpan LivingKeepSharesFor { get; init; }

    /// <summary>Where batches of runs with <c>dispatch: queue</c> are sent; null: there is no queue, and such runs are refused.</summary>
    public IBatchQueue? Queue { get; init; }

    /// <summary>Where the results of such batches arrive; null: with <see cref="Queue"/> null.</summary>
    public IBatchCompletions? Completions { get; init; }

    /// <summary>Where requests for runs arrive; null: nowhere.</summary>
    public IRequestQueue? Requests { get; init; }

    /// <summary>The queues that runs announce their end to; null: there are none.</summary>
    public IAnnouncementQueue? Announcements { get; init; }

    /// <summary>Sources that are not on this machine; null: those the services have, if any.</summary>
    public IRemoteSources? Remote { get; init; }

    /// <summary>
    /// Called with the home's identity before a run is started or driven here. The runs of a storage account are coordinated from one home, whose engine
    /// has their orchestrations: from another it throws a <see cref="StorageException"/>. Null: the storage is the home's own.
    /// </summary>
    public Func<string, CancellationToken, Task>? BindAsync { get; init; }

    /// <summary>Where jitter and names of executions come from; used by one thread at a time. Default: of the system's seed.</summary>
    internal Random Random { get; init; } = new();
}
