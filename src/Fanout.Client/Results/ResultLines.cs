using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Fanout.Runs;

namespace Fanout.Client.Results;

/// <summary>Lines of results over as many connections as it takes: they come in item order, so that after a break it is known where to go on.</summary>
/// <param name="query">Which lines.</param>
/// <param name="limit">At most so many; null: all.</param>
/// <param name="open">Asks the server for what is left.</param>
/// <param name="mostBreaks">Breaks in a row, with no line between them, after which it gives up.</param>
internal sealed class ResultLines(ResultQuery query, long? limit, Func<ResultQuery, long?, Task<HttpResponseMessage>> open, int mostBreaks) : IAsyncDisposable
{
    /// <summary>The longest line: an output has 1 MiB at most, and JSON may make six bytes of one. 16 MiB.</summary>
    private const int MostLineBytes = 16 << 20;

    private const int BufferBytes = 64 << 10;

    private ResultQuery _rest = query;
    private long? _left = limit;
    private HttpResponseMessage? _answer;
    private PipeReader? _pipe;
    private ReadOnlySequence<byte> _buffer;
    private bool _hasRead;
    private bool _isComplete;
    private int _breaks;

    /// <summary>The line, with its end; valid until the next is asked for.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>False: that was the last one.</summary>
    /// <exception cref="RemoteException">The connection breaks again and again.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        while (_left is not 0)
        {
            try
            {
                if (_pipe is null)
                    await ConnectAsync(cancellationToken).ConfigureAwait(false);
                if (!await FindLineAsync(cancellationToken).ConfigureAwait(false))
                    return false;
                Count();
                return true;
            }
            catch (Exception failure) when (failure is IOException or HttpRequestException)
            {
                await DisposeAsync().ConfigureAwait(false);
                if (++_breaks >= mostBreaks)
                    throw new RemoteException($"The connection broke {mostBreaks} times while results were read: {failure.Message}", innerException: failure) { MayPass = true };
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_pipe is { } pipe)
            await pipe.CompleteAsync().ConfigureAwait(false);
        _answer?.Dispose();
        (_pipe, _answer, _buffer, _hasRead, _isComplete) = (null, null, default, false, false);
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _answer = await open(_rest, _left).ConfigureAwait(false);
        _pipe = PipeReader.Create(
            await _answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), new StreamPipeReaderOptions(bufferSize: BufferBytes));
    }

    private async ValueTask<bool> FindLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_buffer.PositionOf((byte)'\n') is { } end)
            {
                var next = _buffer.GetPosition(1, end);
                var line = _buffer.Slice(0, next);
                Current = line.IsSingleSegment ? line.First : line.ToArray();
                _buffer = _buffer.Slice(next);
                return true;
            }

            if (_isComplete)
                return _buffer.IsEmpty ? false : throw new IOException("The last line has no end.");
            if (_buffer.Length > MostLineBytes)
                throw new RemoteException($"A line of the results is longer than {MostLineBytes} bytes.");
            await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (_hasRead)
            _pipe!.AdvanceTo(_buffer.Start, _buffer.End);
        _hasRead = false;
        var read = await _pipe!.ReadAsync(cancellationToken).ConfigureAwait(false);
        (_buffer, _isComplete, _hasRead) = (read.Buffer, read.IsCompleted, true);
    }

    private void Count()
    {
        _breaks = 0;
        _left--;
        ReadOnlySpan<byte> prefix = "{\"index\":"u8;
        if (!Current.Span.StartsWith(prefix) || !Utf8Parser.TryParse(Current.Span[prefix.Length..], out long index, out _))
            throw new RemoteException("The results have a line that is none of Fanout's. Is that URL a Fanout server's?");
        _rest = _rest with { From = index + 1 };
    }
}
