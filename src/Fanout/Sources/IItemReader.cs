namespace Fanout.Sources;

/// <summary>Reads a range of a source in order. Not thread-safe: one call at a time.</summary>
public interface IItemReader : IAsyncDisposable
{
    /// <summary>Takes the next item that is already in memory. False: none is; call <see cref="WaitToReadAsync"/>.</summary>
    bool TryRead(out Item item);

    /// <summary>Loads more. False: the range has ended.</summary>
    /// <exception cref="SourceException">The source failed or changed.</exception>
    ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken);
}
