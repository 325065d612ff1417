namespace Fanout.Runs;

/// <summary>A run's place in a fleet.</summary>
internal sealed class FleetPlace(CancellationTokenSource stop) : IDisposable
{
    /// <summary>Cancelled: the run is to be let go.</summary>
    public CancellationToken Stop { get; } = stop.Token;

    /// <summary>Completes when it has been let go.</summary>
    public Task End { get; set; } = Task.CompletedTask;

    public void LetGo() => stop.CancelAsync();

    public void Dispose() => stop.Dispose();
}
