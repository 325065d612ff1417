namespace Fanout.Sources;

/// <summary>A text that is kept elsewhere and read by range: a blob.</summary>
/// <remarks>
/// A text that is missing, changed, or can never be read is a <see cref="SourceException"/>. One that cannot be read just now (its storage is
/// busy, down, out of reach, or refuses this identity) is a <see cref="StorageException"/>: the run waits and goes on.
/// </remarks>
public interface IRemoteText
{
    /// <summary>What messages call it. No secrets.</summary>
    string Name { get; }

    /// <summary>Looks for it.</summary>
    /// <returns>Its version of now.</returns>
    /// <exception cref="SourceException">There is none.</exception>
    /// <exception cref="StorageException">Its storage does not say.</exception>
    ValueTask<RemoteVersion> FindAsync(CancellationToken cancellationToken);

    /// <summary>Fills the buffer with what begins at an offset of a version; never asked for bytes beyond its end. Many may read at once.</summary>
    /// <exception cref="SourceException">It is gone, or another version.</exception>
    /// <exception cref="StorageException">Its storage does not give it.</exception>
    ValueTask ReadAsync(RemoteVersion version, long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}
