namespace Fanout.Dispatch;

/// <summary>Where programs put specs, so that runs are started of them: at least once each, in no order. Messages are hidden and come back as those of <see cref="IBatchQueue"/> do.</summary>
public interface IRequestQueue
{
    /// <summary>Takes a request; null: there is none just now.</summary>
    /// <param name="visibility">How long it stays hidden without being renewed, 1 s to 7 d.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageException">The queue cannot be read now.</exception>
    Task<IRequestDelivery?> ReceiveAsync(TimeSpan visibility, CancellationToken cancellationToken);
}

/// <summary>A request that was taken from the queue.</summary>
public interface IRequestDelivery
{
    /// <summary>Names the message, the same at each delivery: at most 80 letters, digits and hyphens.</summary>
    string Id { get; }

    /// <summary>How often it was delivered, this time included: from 1.</summary>
    long Count { get; }

    /// <summary>What was asked for: the message itself, or what it points at.</summary>
    /// <exception cref="StorageException">It cannot be read now.</exception>
    Task<RequestText> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps it hidden for another while. False: it was taken from here.</summary>
    /// <exception cref="StorageException">It cannot be renewed now; it may still be held.</exception>
    Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>Removes it: its run is started.</summary>
    /// <exception cref="StorageException">It cannot be removed now, and comes again.</exception>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>Puts it aside, with the reason, for whoever sent it.</summary>
    /// <exception cref="StorageException">It cannot be put aside now, and comes again.</exception>
    Task RejectAsync(string reason, CancellationToken cancellationToken);

    /// <summary>Lets others have it at once.</summary>
    /// <exception cref="StorageException">It cannot be given back now, and comes back by itself.</exception>
    Task ReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>What a request says, or why it says nothing.</summary>
/// <param name="Spec">The spec's JSON; null: there is none.</param>
/// <param name="Refusal">Then the reason.</param>
public sealed record RequestText(string? Spec, string? Refusal = null);
