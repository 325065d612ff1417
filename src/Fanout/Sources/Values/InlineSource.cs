using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fanout.Sources;

/// <summary>Items that stand in the spec.</summary>
internal sealed class InlineSource(InlineSourceSpec spec) : ISource
{
    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new SourcePlan(spec.Items.Count, Fingerprint: null));
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
        return ValueTask.FromResult<IItemReader>(new Reader(spec, (int)start, (int)end));
    }

    private sealed class Reader : IItemReader
    {
        private readonly InlineSourceSpec _spec;
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private readonly Utf8JsonWriter _json;
        private readonly int _end;
        private int _index;
        private bool _granted;

        public Reader(InlineSourceSpec spec, int start, int end)
        {
            _spec = spec;
            _index = start;
            _end = end;
            _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        }

        public bool TryRead(out Item item)
        {
            item = default;
            if (!_granted || _index >= _end)
                return false;
            _buffer.ResetWrittenCount();
            _json.Reset();
            _spec.Items[_index].WriteTo(_json);
            _json.Flush();
            item = _buffer.WrittenCount <= _spec.MaxItemBytes
                ? new Item(_index, _buffer.WrittenMemory, IsText: false)
                : new Item(_index, default, IsText: false) { Defect = Oversized() };
            _index++;
            return true;
        }

        public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _granted = true;
            return ValueTask.FromResult(_index < _end);
        }

        public ValueTask DisposeAsync()
        {
            _index = _end;
            return _json.DisposeAsync();
        }

        private ItemError Oversized() => Defects.Oversized($"item {_index} of the spec", _buffer.WrittenCount, _spec.MaxItemBytes);
    }
}
