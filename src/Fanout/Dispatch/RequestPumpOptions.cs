namespace Fanout.Dispatch;

/// <summary>How requests are taken.</summary>
public sealed record RequestPumpOptions
{
    /// <summary>Called with the id of each run that was started, so that somebody drives it; again for a request that is delivered again.</summary>
    public required Func<string, Task> OnStarted { get; init; }

    /// <summary>Completes when one more run may be started; requests stay in the queue until then. Default: at once.</summary>
    public Func<CancellationToken, Task> WhenRoomAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Requests being checked at once, 1 to 100: a slow source does not keep the others back. Default: 4.</summary>
    public int AtOnce { get; init; } = 4;

    /// <summary>How long a request stays hidden without being renewed, which is done three times as often. Default: 30 s.</summary>
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How soon an empty queue is asked again at first. Default: 0.5 s.</summary>
    public TimeSpan ShortestWait { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How soon at last: each wait is twice as long as the one before. Default: 5 s.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request is held and tried again while storage fails; then it is left to come again. Default: 5 min.</summary>
    public TimeSpan StoragePatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Deliveries after which a request is put aside that never came to an end: it may be one that ends the process. Default: 10.</summary>
    public int MostDeliveries { get; init; } = 10;
}
