namespace Fanout;

/// <summary>Where a run is in its life. The last five are final.</summary>
public enum RunStatus
{
    /// <summary>Accepted; nothing has started.</summary>
    Pending,

    /// <summary>Being worked on, or interrupted and ready to be continued.</summary>
    Running,

    /// <summary>Told to pause: nothing new starts until it is resumed.</summary>
    Paused,

    /// <summary>Every item succeeded.</summary>
    Succeeded,

    /// <summary>Every item is settled and some did not succeed.</summary>
    CompletedWithFailures,

    /// <summary>Stopped by its failure policy, or its source failed.</summary>
    Failed,

    /// <summary>Stopped on request.</summary>
    Cancelled,

    /// <summary>Stopped by its deadline.</summary>
    TimedOut,
}

/// <summary>Questions about a <see cref="RunStatus"/>.</summary>
public static class RunStatusExtensions
{
    /// <summary>True when the run has ended and will not change any more.</summary>
    public static bool IsFinal(this RunStatus status) => status >= RunStatus.Succeeded;
}
