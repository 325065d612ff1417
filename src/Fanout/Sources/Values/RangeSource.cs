using System.Buffers.Text;

namespace Fanout.Sources;

/// <summary>Integers from a start up to an end.</summary>
internal sealed class RangeSource(RangeSourceSpec spec) : ISource
{
    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = Count();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new SourcePlan(Count(), Fingerprint: null));
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ItemRange.Check(plan, start, end);
        return ValueTask.FromResult<IItemReader>(new Reader(spec.Start, start, end));
    }

    private long Count()
    {
        var count = (Int128)spec.End - spec.Start;
        if (count < 0)
            throw new SourceException($"The range ends at {spec.End}, before it starts at {spec.Start}. Let it end at or after its start.");
        return count <= long.MaxValue
            ? (long)count
            : throw new SourceException($"The range from {spec.Start} to {spec.End} has more than {long.MaxValue} items. Make it smaller.");
    }

    // Grants a block of items at a time, so that a caller who reads until nothing is in memory looks at its token now and then.
    private sealed class Reader(long first, long start, long end) : IItemReader
    {
        private const int Block = 1024;
        private const int MaxDigits = 20;

        private readonly byte[] _text = new byte[MaxDigits];
        private long _index = start;
        private long _granted = start;

        public bool TryRead(out Item item)
        {
            if (_index == _granted)
            {
                item = default;
                return false;
            }

            Utf8Formatter.TryFormat(first + _index, _text, out var length);
            item = new Item(_index++, _text.AsMemory(0, length), IsText: false);
            return true;
        }

        public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_index == _granted)
                _granted += Math.Min(Block, end - _granted);
            return ValueTask.FromResult(_index < _granted);
        }

        public ValueTask DisposeAsync()
        {
            _index = _granted = end;
            return ValueTask.CompletedTask;
        }
    }
}
