using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fanout.Handlers.Exec;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Http;

/// <summary>What was kept of a response's body. Disposing gives its buffer back.</summary>
internal sealed class ResponseBody : IDisposable
{
    private byte[] _bytes;
    private int _count;

    private ResponseBody(int size) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));

    /// <summary>True: there was more than the limit.</summary>
    public bool Truncated { get; private set; }

    private ReadOnlySpan<byte> Kept => _bytes.AsSpan(0, Truncated ? Utf8Cut.Before(_bytes.AsSpan(0, _count)) : _count);

    /// <summary>Reads at most <paramref name="limit"/> bytes (after decompression); whether there is more is seen, but not read.</summary>
    public static async Task<ResponseBody> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        var body = new ResponseBody((int)Math.Min(limit, content.Headers.ContentLength ?? 4096) + 1);
        try
        {
            using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await body.FillAsync(stream, limit, cancellationToken).ConfigureAwait(false);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Writes it as JSON when it is, as a JSON string when not; nothing when it is empty.</summary>
    public bool TryWrite(MediaTypeHeaderValue? contentType, Utf8JsonWriter writer)
    {
        if (_count == 0)
            return false;
        writer.WritePropertyName("body"u8);
        if (!Truncated && IsJson(contentType) && IsOneValue())
            WriteJson(writer);
        else
            writer.WriteStringValue(Decode(contentType));
        return true;
    }

    /// <summary>Its beginning as one line, for messages.</summary>
    public string Excerpt(MediaTypeHeaderValue? contentType)
    {
        const int most = 300;
        var text = Decode(contentType).AsSpan().Trim();
        var cut = text.Length <= most ? text.ToString() : string.Concat(text[..most], "…");
        return cut.ReplaceLineEndings(" ");
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _count = 0;
    }

    private async Task FillAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_count == _bytes.Length)
                Grow();
            int room = Math.Min(_bytes.Length, limit + 1) - _count;
            int count = await stream.ReadAsync(_bytes.AsMemory(_count, room), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return;
            _count += count;
            if (_count <= limit)
                continue;
            _count = limit;
            Truncated = true;
            return;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _bytes.Length);
        _bytes.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private static bool IsJson(MediaTypeHeaderValue? contentType) =>
        contentType?.MediaType is { } type
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private bool IsOneValue()
    {
        try
        {
            JsonOutput.CheckOneValue(Kept);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void WriteJson(Utf8JsonWriter writer)
    {
        var compact = new ArrayBufferWriter<byte>(_count);
        CompactJson.Copy(Kept, compact);
        writer.WriteRawValue(compact.WrittenSpan, skipInputValidation: true);
    }

    private string Decode(MediaTypeHeaderValue? contentType)
    {
        var encoding = Encoding.UTF8;
        try
        {
            if (contentType?.CharSet?.Trim('"') is { Length: > 0 } name)
                encoding = Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            // A charset nobody knows: UTF-8 is the best guess.
        }
        return encoding.GetString(Kept);
    }
}
