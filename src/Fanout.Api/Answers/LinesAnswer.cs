using System.Buffers;
using Fanout.Runs;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Answers;

/// <summary>Results as JSON lines, read only as fast as the client takes them.</summary>
internal sealed class LinesAnswer : IResult
{
    private const int FlushBytes = 64 << 10;

    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _lines;
    private readonly long? _limit;
    private readonly string? _fileName;
    private bool _hasLine;

    private LinesAnswer(IAsyncEnumerator<ReadOnlyMemory<byte>> lines, long? limit, string? fileName)
    {
        _lines = lines;
        _limit = limit;
        _fileName = fileName;
    }

    /// <summary>Reads the first line, so that what cannot be read at all is still told as a problem.</summary>
    /// <param name="lines">The lines, each with its end.</param>
    /// <param name="limit">At most so many, 1 or more; null: all.</param>
    /// <param name="fileName">What a browser is to save them as; null: it shows them.</param>
    /// <param name="aborted">Cancelled when the client is gone.</param>
    public static async Task<IResult> OpenAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> lines, long? limit, string? fileName, CancellationToken aborted)
    {
        var answer = new LinesAnswer(lines.GetAsyncEnumerator(aborted), limit, fileName);
        try
        {
            answer._hasLine = await answer._lines.MoveNextAsync().ConfigureAwait(false);
            return answer;
        }
        catch
        {
            await answer._lines.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var _ = _lines.ConfigureAwait(false);
        var response = httpContext.Response;
        response.ContentType = "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
        if (_fileName is not null)
            response.Headers.ContentDisposition = $"attachment; filename=\"{_fileName}\"";
        long written = 0;
        while (_hasLine)
        {
            response.BodyWriter.Write(_lines.Current.Span);
            if (++written % 64 == 0 && response.BodyWriter.UnflushedBytes >= FlushBytes)
                await response.BodyWriter.FlushAsync(httpContext.RequestAborted).ConfigureAwait(false);
            _hasLine = written != _limit && await _lines.MoveNextAsync().ConfigureAwait(false);
        }

        await response.BodyWriter.FlushAsync(httpContext.RequestAborted).ConfigureAwait(false);
    }
}
