using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fanout.Tests.Handlers.Http;

/// <summary>A request as it came over the wire.</summary>
internal sealed record WireRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An HTTP/1.1 server on the loopback interface that answers with whatever bytes it is told to.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<WireRequest, string> _answer;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public LoopbackServer(Func<WireRequest, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public ConcurrentQueue<WireRequest> Requests { get; } = [];

    /// <summary>Completes when the client has closed every connection made so far.</summary>
    public Task ConnectionsClosed => Task.WhenAll(_connections);

    public static string Answer(string status, string body = "", params string[] headers) =>
        $"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                while (await ReadAsync(reader) is { } request)
                {
                    Requests.Enqueue(request);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(_answer(request)));
                }
            }
        }
        catch (IOException)
        {
            // The client went away in the middle of it.
        }
    }

    private static async Task<WireRequest?> ReadAsync(StreamReader reader)
    {
        if ((await reader.ReadLineAsync())?.Split(' ') is not [var method, var target, _])
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var body = new char[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        if (body.Length > 0)
            await reader.ReadBlockAsync(body);
        return new(method, target, headers, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
    }
}
