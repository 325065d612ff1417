using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>What an item is under and can be slowed down with it: its run, limits, its key. Called by many threads.</summary>
internal interface IThrottleScopes
{
    /// <summary>True: something is slowed down, and wants to know of successes. Cheap.</summary>
    bool IsActive { get; }

    /// <summary>An attempt at the item ended with the downstream asking to slow down. When this returns, nothing starts that may not.</summary>
    /// <param name="item">The item; its bytes are valid during the call.</param>
    /// <param name="retryAfter">Nothing starts before this has passed; null: the downstream did not say.</param>
    void NoteThrottled(in Item item, TimeSpan? retryAfter);

    /// <summary>An attempt at the item succeeded.</summary>
    /// <param name="item">The item; its bytes are valid during the call.</param>
    void NoteSuccess(in Item item);
}
