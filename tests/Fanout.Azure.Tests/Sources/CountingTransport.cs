using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Fanout.Azure.Tests.Sources;

/// <summary>Counts requests, and the bytes that were asked for by range.</summary>
internal sealed class CountingTransport : HttpPipelineTransport
{
    private readonly HttpClientTransport _inner = HttpClientTransport.Shared;
    private long _bytes;
    private int _requests;

    public long Bytes => Interlocked.Read(ref _bytes);

    public int Requests => Volatile.Read(ref _requests);

    public override Request CreateRequest() => _inner.CreateRequest();

    public override void Process(HttpMessage message)
    {
        Count(message);
        _inner.Process(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        Count(message);
        await _inner.ProcessAsync(message);
    }

    private void Count(HttpMessage message)
    {
        Interlocked.Increment(ref _requests);
        if (!message.Request.Headers.TryGetValue("x-ms-range", out var range) && !message.Request.Headers.TryGetValue("Range", out range))
            return;
        var ends = range["bytes=".Length..].Split('-').Select(end => long.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        Interlocked.Add(ref _bytes, ends[1] - ends[0] + 1);
    }
}
