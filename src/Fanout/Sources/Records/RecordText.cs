namespace Fanout.Sources;

/// <summary>A text to scan. Disposing of it closes the stream.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Stream">Its bytes; only ever read forward from the place a scanner starts at.</param>
/// <param name="Length">How many bytes of the stream belong to it: what it had when it was planned.</param>
internal sealed record RecordText(string Name, Stream Stream, long Length) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();
}
