namespace Fanout;

/// <summary>What became of one item.</summary>
public enum OutcomeStatus
{
    /// <summary>The handler returned a result.</summary>
    Succeeded,

    /// <summary>The handler failed on its last attempt, or the item itself was malformed.</summary>
    Failed,

    /// <summary>The last attempt ran longer than the per-attempt timeout.</summary>
    TimedOut,

    /// <summary>The run was stopped while the item was in flight or waiting to be tried again.</summary>
    Cancelled,
}
