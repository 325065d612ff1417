namespace Fanout.Sources;

/// <summary>A text to scan. Disposing of it closes the stream.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Stream">Its bytes; only ever read forward from the place a scanner starts at.</param>
/// <param name="Length">How many bytes of the stream belong to it: what it had when it was planned.</param>
internal sealed record RecordText(string Name, Stream Stream, long Length) : IDisposable
{
    /// <summary>True: its bytes come from afar, and many can come at once.</summary>
    public bool IsRemote => Stream is RangeStream;

    /// <summary>True: reading on does not wait for a network. Of a file nobody knows, and a hop to another thread would cost more than the read.</summary>
    public bool IsLoaded => Stream is not RangeStream { IsLoaded: false };

    /// <summary>Says how far it will be read.</summary>
    public void Expect(long end) => (Stream as RangeStream)?.Expect(Math.Min(end, Length));

    /// <summary>Waits, without holding a thread, until <see cref="IsLoaded"/>.</summary>
    public ValueTask LoadAsync(CancellationToken cancellationToken) =>
        Stream is RangeStream range ? range.LoadAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Reads from where the stream stands.</summary>
    /// <param name="block">What is filled, at most.</param>
    /// <param name="position">Where it stands.</param>
    /// <returns>Bytes read, at least one.</returns>
    /// <exception cref="SourceException">It cannot be read, or is shorter than it was.</exception>
    public int Read(Span<byte> block, long position)
    {
        try
        {
            var read = Stream.Read(block);
            return read > 0
                ? read
                : throw new SourceException(
                    $"{Name} ends at byte {position}, but had {Length} bytes when it was planned. Restore the file as it was, or start a new run.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{Name} cannot be read at byte {position}: {e.Message} Make it readable, then resume the run.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();
}
