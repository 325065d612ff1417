using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>Items in the order of the source; those that wait for another attempt come first when they are due.</summary>
internal sealed class SequentialFeed : ItemFeed
{
    private readonly RunScope _scope;
    private readonly IItemReader _reader;
    private readonly long _end;
    private readonly RetryQueue _waiting = new();
    private long _next;
    private bool _rangeRead;
    private bool _loading;
    private Task<bool>? _load;

    private SequentialFeed(RunScope scope, IItemReader reader, long next, long end)
    {
        _scope = scope;
        _reader = reader;
        _next = next;
        _end = end;
        _rangeRead = next >= end;
    }

    public override long Next => _next;

    public override bool IsRangeTaken => _rangeRead;

    public override bool HoldsNothing => _waiting.Count == 0;

    public override int WaitingCount => _waiting.Count;

    public override bool WaitingIsFull => _waiting.IsFull;

    public override DateTimeOffset? NextDue => _waiting.NextDue;

    public static new async ValueTask<ItemFeed> OpenAsync(RunScope scope, BatchInput input, BatchCheckpoint? checkpoint)
    {
        var pending = await PendingItems.LoadAsync(scope, input.Source, checkpoint?.Unsettled ?? input.Pending).ConfigureAwait(false);
        var next = checkpoint?.Next ?? input.Start;
        var reader = await scope.Source.OpenAsync(input.Source, scope.Workspace, next, input.End, CancellationToken.None).ConfigureAwait(false);
        var feed = new SequentialFeed(scope, reader, next, input.End);
        foreach (var item in pending)
            feed._waiting.Add(item);
        return feed;
    }

    public override long CountStartable()
    {
        var ready = _waiting.NextDue <= _scope.Time.GetUtcNow() ? _waiting.Count : 0;
        var left = _rangeRead || _waiting.IsFull ? 0 : Math.Max(1, _end - _next);
        return left + ready;
    }

    public override Take Take(Worker worker)
    {
        if (_waiting.Count > 0 && _waiting.TryTakeDue(_scope.Time.GetUtcNow(), out var waiting))
        {
            worker.Hold(waiting);
            return Processing.Take.Item;
        }

        if (_rangeRead || _waiting.IsFull)
            return Processing.Take.Nothing;
        if (_loading || !_reader.TryRead(out var item))
            return Processing.Take.Read;
        _next = item.Index + 1;
        worker.Hold(item);
        return Processing.Take.Item;
    }

    public override Task BeginLoad()
    {
        _loading = true;
        return _load = _reader.WaitToReadAsync(CancellationToken.None).AsTask();
    }

    public override void EndLoad()
    {
        _loading = false;
        if (_load!.Result)
            return;
        _rangeRead = true;
        _next = Math.Max(_next, _end);
    }

    public override void Wait(Worker worker, Outcome outcome) =>
        _waiting.Add(new WaitingItem(worker.KeepItem(), outcome.Attempts, outcome.NotBefore, outcome.Error));

    public override IEnumerable<PendingItem> DescribeWaiting() => _waiting.Describe();

    public override IReadOnlyList<WaitingItem> TakeTried() => _waiting.TakeTried();

    public override ValueTask DisposeAsync() => _reader.DisposeAsync();
}
