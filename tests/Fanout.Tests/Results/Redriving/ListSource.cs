using Fanout.Sources;

namespace Fanout.Tests.Results.Redriving;

/// <summary>A source over a list that reuses one buffer for every item, as readers may, and notes where it was opened.</summary>
internal sealed class ListSource(IReadOnlyList<Item> items) : ISource
{
    public List<long> OpenedAt { get; } = [];

    public bool HasChanged { get; set; }

    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SourcePlan(items.Count, null));

    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken) =>
        HasChanged ? throw new SourceException("The list has changed.") : ValueTask.CompletedTask;

    public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        OpenedAt.Add(start);
        return ValueTask.FromResult<IItemReader>(new Reader(items, (int)start, (int)end));
    }

    private sealed class Reader(IReadOnlyList<Item> items, int next, int end) : IItemReader
    {
        private readonly byte[] _buffer = new byte[1 << 20];
        private int _next = next;
        private int _loaded;

        public bool TryRead(out Item item)
        {
            item = default;
            if (_loaded == 0)
                return false;
            _loaded--;
            item = items[_next++];
            item.Value.CopyTo(_buffer);
            item = item with { Value = _buffer.AsMemory(0, item.Value.Length) };
            return true;
        }

        public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
        {
            _loaded = Math.Min(3, end - _next);
            return ValueTask.FromResult(_loaded > 0);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
