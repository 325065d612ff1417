using Fanout.Flow;

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
        if (_scope.Adaptive is { } adaptive)
            Adapt(adaptive, worker);
    }

    private void Adapt(AdaptiveConcurrency adaptive, Worker worker)
    {
        // Of a lane's own pool it can be told how much of the run's is in use.
        var inFlight = _scope.LimitsAreSplit ? _slots.InUse * _input.Lanes : _scope.Pool.InUse;
        if (worker.LastEnd == AttemptEnd.Succeeded)
            adaptive.NoteSuccess(worker.Outcome!.Value.Duration, inFlight, _scope.Allotment.Concurrency);
        // A key that is throttled says nothing about what the others can take.
        else if (worker.LastEnd == AttemptEnd.TimedOut || (worker.LastEnd == AttemptEnd.Throttled && worker.Key is null))
            adaptive.NoteDrop();
    }

    // A lane's part of what the run may use just now. One that starts nothing learns nothing: each gets one place of an adaptive run.
    private static Allotment PartOf(RunScope scope, BatchInput input)
    {
        var whole = scope.EffectiveAllotment;
        if (scope.Adaptive is not null)
        {
            var others = scope.Caps.OverOthers(scope.Allotment.Concurrency, WaitCauses.Adaptive);
            whole = whole with { Concurrency = Math.Min(others, Math.Max(whole.Concurrency, input.Lanes)) };
        }

        return AllotmentSplit.Part(whole, input.Lane, input.Lanes);
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
