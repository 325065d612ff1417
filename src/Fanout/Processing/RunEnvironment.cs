using Fanout.Dispatch;
using Fanout.Processing.Limits;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Microsoft.Extensions.Logging;

namespace Fanout.Processing;

/// <summary>What a process offers the runs it works.</summary>
public sealed record RunEnvironment
{
    /// <summary>What specs may name.</summary>
    public required FanoutRegistry Registry { get; init; }

    /// <summary>What handlers are made from.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>The list of runs.</summary>
    public required IRunCatalog Catalog { get; init; }

    /// <summary>The limits that runs share.</summary>
    public required ILimitStore Limits { get; init; }

    /// <summary>This process's shares of them.</summary>
    public required LimitHolder LimitShares { get; init; }

    /// <summary>Where results live.</summary>
    public required IResultStore Results { get; init; }

    /// <summary>Binds a source to its spec.</summary>
    public required Func<SourceSpec, ISource> CreateSource { get; init; }

    /// <summary>A run's own place for what its source derives.</summary>
    public required Func<string, ISourceWorkspace> OpenWorkspace { get; init; }

    /// <summary>Tells a run's orchestration that its control changed.</summary>
    public required Func<string, RunControl, Task> SignalAsync { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where logs go.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>Numbers in [0, 1); called by many threads.</summary>
    public required Func<double> NextRandom { get; init; }

    /// <summary>A short name never given before, for a part's file name.</summary>
    public required Func<string> NewExecutionId { get; init; }

    /// <summary>Where batches of runs with <c>dispatch: queue</c> are sent; null: there is no queue, and such runs are refused.</summary>
    public IBatchQueue? Queue { get; init; }

    /// <summary>Where the results of such batches arrive; null: with <see cref="Queue"/> null.</summary>
    public IBatchCompletions? Completions { get; init; }

    /// <summary>The queues that runs announce their end to; null: there are none, and runs that name one are refused.</summary>
    public IAnnouncementQueue? Announcements { get; init; }

    /// <summary>Environment variables, where the secrets are that sign webhooks. Default: this process's.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Throws when runs of this storage may not be started or driven here: another home coordinates them. Default: they may.</summary>
    public Func<CancellationToken, Task> BindAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>True: all lanes of a run live in this process and share one pool and pacer. False: each has its part of the allotment.</summary>
    public required bool LanesShareProcess { get; init; }
}
