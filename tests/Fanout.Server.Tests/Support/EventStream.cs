using System.Text.Json;

namespace Fanout.Server.Tests.Support;

/// <summary>An event stream that is open.</summary>
public sealed class EventStream : IAsyncDisposable
{
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream stream)
    {
        Response = response;
        _reader = new StreamReader(stream);
    }

    public HttpResponseMessage Response { get; }

    public static async Task<EventStream> OpenAsync(HttpClient client, string runId, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{runId}/events");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; a comment has the kind <c>:</c>. Null: the stream has ended.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        string? kind = null, id = null, data = null;
        while (await _reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(':'))
                kind = ":";
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                kind = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length == 0 && kind is not null)
                return new StreamEvent(kind, id ?? "", data is null ? default : JsonElement.Parse(data));
        }

        return null;
    }

    /// <summary>The next event of a kind.</summary>
    public async Task<StreamEvent> NextAsync(string kind)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Kind == kind)
                return next;
        }

        throw new InvalidOperationException($"The stream ended before an event '{kind}'.");
    }

    /// <summary>All that come until the stream ends.</summary>
    public async Task<IReadOnlyList<StreamEvent>> AllAsync()
    {
        var all = new List<StreamEvent>();
        while (await NextAsync() is { } next)
            all.Add(next);
        return all;
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        Response.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>An event.</summary>
public sealed record StreamEvent(string Kind, string Id, JsonElement Data);
