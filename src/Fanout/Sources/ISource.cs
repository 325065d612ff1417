namespace Fanout.Sources;

/// <summary>One source, bound to its spec. Stateless between calls: what planning learnt is in the plan and the workspace.</summary>
public interface ISource
{
    /// <summary>A quick look before anything starts: does it exist, may it be read. Nothing is written.</summary>
    /// <exception cref="SourceException">It is missing or unreadable.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>Counts the items and writes what <see cref="OpenAsync"/> needs (an index, a spooled copy) into the workspace. Streams: memory stays flat.</summary>
    /// <exception cref="SourceException">It cannot be read to its end.</exception>
    ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Compares the source with what it was when it was planned (size, time, sampled hash).</summary>
    /// <exception cref="SourceException">It changed or is gone.</exception>
    ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Opens the items <paramref name="start"/> up to but not including <paramref name="end"/>, reading no more than its part of the source.</summary>
    /// <exception cref="SourceException">It cannot be opened, or visibly changed.</exception>
    ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken);
}

/// <summary>What planning learnt of a source; small, recorded in the run's history.</summary>
/// <param name="ItemCount">How many items it has.</param>
/// <param name="Fingerprint">What it looked like, in the source's own form; null: it cannot change.</param>
public sealed record SourcePlan(long ItemCount, string? Fingerprint)
{
    /// <summary>The partition by key, of a run with limits or order by key; null: it has neither.</summary>
    public KeyCounts? ByKey { get; init; }
}

/// <summary>A place of the run's own for what a source derives: an index, a spooled copy of standard input.</summary>
public interface ISourceWorkspace
{
    /// <summary>A new, empty, seekable file that replaces one of the same name when <see cref="Publish"/> is called.</summary>
    Stream Create(string name);

    /// <summary>Makes a file written under <see cref="Create"/> (and disposed) durable and visible under its name, atomically.</summary>
    void Publish(string name);

    /// <summary>True when a file of that name was published.</summary>
    bool Exists(string name);

    /// <summary>A published file, seekable, for reading; several may read at once.</summary>
    Stream OpenRead(string name);
}
