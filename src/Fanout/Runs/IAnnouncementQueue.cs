namespace Fanout.Runs;

/// <summary>Where the end of a run is announced to programs that read queues.</summary>
public interface IAnnouncementQueue
{
    /// <summary>Sends a message, creating the queue when it is missing. Sending it twice leaves two: readers go by the run's id in it.</summary>
    /// <param name="queue">The queue's name in the account.</param>
    /// <param name="body">What to say, a JSON object. What is too large to travel is left in a blob, and its name is sent instead: <c>{ "blob": "CONTAINER/NAME" }</c>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StorageException">It cannot be sent now.</exception>
    Task SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
