namespace Fanout.Processing;

/// <summary>May items start? One immutable answer at a time.</summary>
/// <param name="Paused">The run is paused.</param>
/// <param name="Stop">The run is to end for this reason.</param>
/// <param name="Message">More about the stop.</param>
/// <param name="HostStopping">This process is stopping; the run is not.</param>
/// <param name="ControlVersion">The control version it was made from.</param>
internal sealed record RunGate(bool Paused, CompletionReason? Stop, string? Message, bool HostStopping, long ControlVersion)
{
    public static RunGate Open { get; } = new(false, null, null, false, 0);

    public bool IsOpen => !Paused && Stop is null && !HostStopping;

    /// <summary>What a batch that has to close now reports.</summary>
    public BatchEnd End =>
        Stop is not null ? BatchEnd.Stopped
        : HostStopping ? BatchEnd.HandedBack
        : BatchEnd.Paused;

    /// <summary>A cancel or a deadline cancels the items in flight; a tripped failure policy lets them finish.</summary>
    public bool CancelsItemsInFlight => Stop is CompletionReason.CancelledByRequest or CompletionReason.DeadlineReached;
}
