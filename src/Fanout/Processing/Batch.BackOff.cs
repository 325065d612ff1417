namespace Fanout.Processing;

/// <summary>What the end of an attempt tells about the downstream.</summary>
internal sealed partial class Batch
{
    // Before the worker takes anything else: what must not start is not to be taken.
    private void NoteEnd(Worker worker)
    {
        var throttles = _scope.Throttles;
        if (worker.LastEnd == AttemptEnd.Throttled && worker.Key is null)
            throttles.NoteThrottled(worker.Item, worker.RetryAfter);
        else if (throttles.IsActive && worker.LastEnd == AttemptEnd.Succeeded)
            throttles.NoteSuccess(worker.Item);
    }

    // An item with a key slows its key down and nothing else. Before the key is released: its next item is not to start.
    private void NoteEnd(Worker worker, OpenKey key)
    {
        if (worker.LastEnd == AttemptEnd.Throttled)
            _feed.NoteThrottled(key, worker.RetryAfter);
        else if (worker.LastEnd == AttemptEnd.Succeeded)
            _feed.NoteSuccess(key);
    }
}
