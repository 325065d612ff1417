namespace Fanout.Sources;

/// <summary>
/// A source that several activities can plan, each a part of it: on an engine with many workers a large one is then read by many of them, and a crash
/// repeats only the parts that were not done. What comes of it is what <see cref="ISource.PlanAsync"/> gives, to the byte.
/// </summary>
/// <remarks>Its parts may be planned in any order, at once, in different processes over the same workspace, and more than once.</remarks>
public interface ISplitPlanSource : ISource
{
    /// <summary>Cuts it into parts, reading no more than its beginning. Nothing is written.</summary>
    /// <returns>How; null: it is not worth it, or cannot be done.</returns>
    /// <exception cref="SourceException">It is missing or unreadable.</exception>
    ValueTask<SourceSplit?> SplitAsync(ISourceWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Plans a part, reading little more than it, and leaves what it found in the workspace.</summary>
    /// <param name="split">How the source is cut.</param>
    /// <param name="part">Which part, from 0.</param>
    /// <param name="workspace">The run's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SourceException">It cannot be read, or changed since it was split.</exception>
    ValueTask<PlannedPart> PlanPartAsync(SourceSplit split, int part, ISourceWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Makes the plan of the parts, all of them and in order.</summary>
    /// <exception cref="SourceException">The source changed since it was split, or what a part left in the workspace is gone.</exception>
    ValueTask<SourcePlan> MergeAsync(SourceSplit split, IReadOnlyList<PlannedPart> parts, ISourceWorkspace workspace, CancellationToken cancellationToken);
}

/// <summary>What became of a part of a source; small, recorded in the run's history.</summary>
/// <param name="ItemCount">Items that begin in it.</param>
public readonly record struct PlannedPart(long ItemCount);
