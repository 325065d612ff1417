using Fanout.Sources;

namespace Fanout.Results;

/// <summary>Reads chosen items of a source in order: over short gaps it reads on, over long ones it opens the source again behind them.</summary>
internal sealed class SkippingItemReader(ISource source, SourcePlan plan, ISourceWorkspace workspace) : IAsyncDisposable
{
    /// <summary>Items that are quicker read than skipped; sources index every thousand or so.</summary>
    private const long MaxReadOver = 2_000;

    private IItemReader? _reader;
    private long _next;

    /// <summary>An item whose index is larger than that of the last call; its value is valid until the next call.</summary>
    public async ValueTask<Item> ReadAsync(long index, CancellationToken cancellationToken)
    {
        if (_reader is null || index - _next > MaxReadOver)
        {
            await DisposeAsync().ConfigureAwait(false);
            _reader = await source.OpenAsync(plan, workspace, index, plan.ItemCount, cancellationToken).ConfigureAwait(false);
            _next = index;
        }

        while (true)
        {
            while (_reader.TryRead(out var item))
            {
                if (_next++ == index)
                    return item;
            }

            if (!await _reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                throw new SourceException($"The earlier run's source ended before item {index} of {plan.ItemCount}: it is not what it was. Restore it, then redrive again.");
        }
    }

    public ValueTask DisposeAsync() => _reader?.DisposeAsync() ?? ValueTask.CompletedTask;
}
