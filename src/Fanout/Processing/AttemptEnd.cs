namespace Fanout.Processing;

/// <summary>How an attempt ended, as far as it tells about the downstream.</summary>
internal enum AttemptEnd
{
    /// <summary>There was none, or it was cancelled.</summary>
    None,

    /// <summary>It succeeded.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It ran longer than it may.</summary>
    TimedOut,

    /// <summary>The downstream asked to slow down.</summary>
    Throttled,
}
