namespace Fanout.Processing;

/// <summary>What a place of a run's concurrency can be busy with or wait for, in the words people see.</summary>
internal static class WaitCauses
{
    /// <summary>A handler runs.</summary>
    public const string Handlers = "handlers";

    /// <summary>The run's own rate.</summary>
    public const string Rate = "rate";

    /// <summary>All that is there to do has been tried, and waits to be tried again.</summary>
    public const string RetryBackoff = "retry back-off";

    /// <summary>Items are there, and each has to wait for others with its key.</summary>
    public const string Key = "key";

    /// <summary>The downstream asked to slow down, and the run does.</summary>
    public const string BackOff = "back-off";

    /// <summary>The downstream works best with fewer items in flight.</summary>
    public const string Adaptive = "adaptive";

    /// <summary>The run is paused.</summary>
    public const string Paused = "paused";

    /// <summary>Nothing new starts any more. Said of the whole run, never of a place.</summary>
    public const string HandlersToEnd = "handlers to end";

    /// <summary>The run has ended, and is still to be announced.</summary>
    public const string Announcing = "announcing";

    /// <summary>The source is being counted or read.</summary>
    public const string Source = "source";

    /// <summary>Fanout itself: batches being started, written, recorded.</summary>
    public const string Engine = "engine";
}
