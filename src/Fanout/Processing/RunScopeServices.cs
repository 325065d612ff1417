using Fanout.Handlers;
using Fanout.Results;
using Fanout.Sources;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fanout.Processing;

/// <summary>What a <see cref="RunScope"/> is made of.</summary>
internal sealed record RunScopeServices
{
    public required ItemHandler Handler { get; init; }

    public required IReduction? Reduction { get; init; }

    public required ISource Source { get; init; }

    public required ISourceWorkspace Workspace { get; init; }

    public required IResultStore Results { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Numbers in [0, 1); called by many threads.</summary>
    public required Func<double> Jitter { get; init; }

    /// <summary>A short name no other execution of a batch has.</summary>
    public required Func<string> NewExecutionId { get; init; }

    /// <summary>Makes a stop that this process decided durable.</summary>
    public required Func<CompletionReason, string, Task> PersistStop { get; init; }

    /// <summary>True: all lanes of the run live here and share one pool and pacer. False: each has its part of the allotment.</summary>
    public required bool LanesShareProcess { get; init; }

    /// <summary>The place in a trace of whoever started the run; null: not known.</summary>
    public string? TraceParent { get; init; }

    /// <summary>True, the default: this process drives the run, and tells of it and its branches in spans. False: it only works batches.</summary>
    public bool Drives { get; init; } = true;

    /// <summary>Of which items there are spans; null: of none.</summary>
    public ItemSampling? ItemSampling { get; init; }
}

/// <summary>What earlier processes did of a run.</summary>
/// <param name="HasRunBefore">Some process worked it before this one.</param>
/// <param name="Settled">What it had settled then.</param>
/// <param name="Total">Items in the source, when it was planned.</param>
internal sealed record RunHistory(bool HasRunBefore, Counts Settled, long? Total)
{
    public static RunHistory None { get; } = new(false, default, null);

    /// <summary>Items left waiting to be tried again, and when the first of them is due.</summary>
    public (int Count, DateTimeOffset Due) Retries { get; init; }
}
