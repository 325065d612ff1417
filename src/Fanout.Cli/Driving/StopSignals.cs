namespace Fanout.Cli.Driving;

/// <summary>What a signal to stop (Ctrl+C, SIGTERM) means: the first stops, the second cancels what is in flight, the third exits at once.</summary>
/// <param name="exitNow">Ends the process.</param>
internal sealed class StopSignals(Action exitNow) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private int _count;

    /// <summary>Cancelled by the first signal: take no more items.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the second signal: cancel the items in flight.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Told of the first and second signal before the tokens are cancelled; replaced by whoever has something to say.</summary>
    public Action<StopStage>? Announce { get; set; }

    /// <summary>A signal came. Safe to call from any thread.</summary>
    public void Signal()
    {
        switch (Interlocked.Increment(ref _count))
        {
            case 1:
                Announce?.Invoke(StopStage.Stopping);
                _stop.Cancel();
                break;
            case 2:
                Announce?.Invoke(StopStage.Aborting);
                _abort.Cancel();
                break;
            default:
                exitNow();
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
    }
}

/// <summary>How far stopping has gone.</summary>
internal enum StopStage
{
    /// <summary>No more items are taken; those in flight may finish.</summary>
    Stopping,

    /// <summary>Items in flight are cancelled.</summary>
    Aborting,
}
