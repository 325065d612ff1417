namespace Fanout.Runs;

/// <summary>Drives runs in this process.</summary>
public interface IRunDriver
{
    /// <summary>
    /// Works a run until it has ended and is announced (its report), or until <paramref name="stop"/> is cancelled: then nothing new starts, items in
    /// flight get the grace period, and null is returned; the run can be continued by anyone. Cancelling <paramref name="abort"/> too cancels the items
    /// in flight. Of a run that was stopped while it was being announced the report is returned; driven again, it goes on with that.
    /// </summary>
    /// <exception cref="RunException">There is no such run, or another process drives it.</exception>
    /// <exception cref="SourceException">The source is not what it was when the run began; the run is left as it is.</exception>
    Task<RunReport?> DriveAsync(string runId, CancellationToken stop, CancellationToken abort);

    /// <summary>Live numbers of a run driven in this process; null: it is not.</summary>
    RunProgress? Observe(string runId);

    /// <summary>Waits until a run driven by any process has ended.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    Task<RunReport> WaitAsync(string runId, CancellationToken cancellationToken);
}
