namespace Fanout.Simulation.Runs;

/// <summary>One attempt at an item.</summary>
internal sealed class Handling(RunPlanned run, long index, int attempt, string idempotencyKey, SimulatedProcess process, DateTimeOffset startedAt)
{
    private long _endedAt = long.MaxValue;

    public RunPlanned Run => run;

    public long Index => index;

    public int Attempt => attempt;

    public string IdempotencyKey => idempotencyKey;

    public SimulatedProcess Process => process;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>When it ended; the end of time: it has not, or its process died before.</summary>
    public DateTimeOffset EndedAt => new(Math.Min(Interlocked.Read(ref _endedAt), DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    public bool HasEnded => Interlocked.Read(ref _endedAt) != long.MaxValue;

    public bool HasSucceeded { get; set; }

    public bool WasCancelled { get; set; }

    /// <summary>In flight until it ended or its process died, whichever came first.</summary>
    public DateTimeOffset InFlightUntil => process.DiedAt is { } died && died < EndedAt ? died : EndedAt;

    public void End(DateTimeOffset at) => Interlocked.Exchange(ref _endedAt, at.Ticks);
}
