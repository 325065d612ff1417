namespace Fanout.Dispatch;

/// <summary>How a worker takes batches.</summary>
public sealed record BatchWorkerOptions
{
    /// <summary>Batches worked at once, at least 1. Default: 16.</summary>
    public int Loops { get; init; } = 16;

    /// <summary>How long a batch stays hidden from other workers without being renewed, at least 1 s; it is renewed every third of it. Default: 30 s.</summary>
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Deliveries of a batch after which it is taken for what kills its workers, at least 1. Default: 5.</summary>
    public int MaxDeliveries { get; init; } = 5;

    /// <summary>How long items in flight may go on after a stop was asked for; then they are cancelled and handed back. Default: 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after an empty answer the queue is asked again at first; twice as long each time. Default: 50 ms.</summary>
    public TimeSpan IdleAtLeast { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two questions to an empty queue; one loop asks for all. Default: 2 s.</summary>
    public TimeSpan IdleAtMost { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a run's handler and state are kept when no batch of it is worked. Default: 10 s.</summary>
    public TimeSpan KeepRunsFor { get; init; } = TimeSpan.FromSeconds(10);
}
