namespace Fanout;

/// <summary>Why a run ended.</summary>
public enum CompletionReason
{
    /// <summary>Every item succeeded.</summary>
    AllItemsSucceeded,

    /// <summary>Every item is settled; some did not succeed, within what the failure policy tolerates.</summary>
    AllItemsSettled,

    /// <summary>More items failed than <c>failure.tolerate</c> allows.</summary>
    ToleranceExceeded,

    /// <summary>The run reached <c>failure.deadline</c>.</summary>
    DeadlineReached,

    /// <summary>Somebody cancelled it.</summary>
    CancelledByRequest,

    /// <summary>The source could not be read, or changed since the run began.</summary>
    SourceFailed,

    /// <summary>The handler could not be set up, results could not be written, or the engine failed; the report's message says which.</summary>
    InternalFailure,
}
