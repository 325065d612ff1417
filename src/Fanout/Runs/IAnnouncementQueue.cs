namespace Fanout.Runs;

/// <summary>Queues of a storage account that runs announce their end to.</summary>
public interface IAnnouncementQueue
{
    /// <summary>Adds a message, and the queue when it is missing. Sending it twice adds it twice: receivers tell by the report's run id.</summary>
    /// <param name="queue">The queue's name, as the spec has it.</param>
    /// <param name="body">The message, JSON of at most 16 KiB.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StorageException">It cannot be sent now.</exception>
    Task SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
