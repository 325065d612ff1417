using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Fanout.Cli.Tests.Telemetry;

/// <summary>The least of an OpenTelemetry collector: takes OTLP over HTTP on loopback, and keeps the bodies as text, in which names stand as they are.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<(string Path, string Body, string? Header)> _taken = new();
    private readonly Task _loop;

    private Collector(HttpListener listener, string url)
    {
        _listener = listener;
        Url = url;
        _loop = TakeAsync();
    }

    /// <summary>Where it is.</summary>
    public string Url { get; }

    /// <summary>The paths that were sent to.</summary>
    public IReadOnlyList<string> Paths => [.. _taken.Select(one => one.Path).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Values of the header <c>x-test</c>.</summary>
    public IReadOnlyList<string?> Headers => [.. _taken.Select(one => one.Header).Distinct()];

    public static Collector Start()
    {
        for (var attempt = 0; ; attempt++)
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}/");
            var listener = new HttpListener { Prefixes = { url } };
            try
            {
                listener.Start();
                return new Collector(listener, url.TrimEnd('/'));
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Somebody else took the port in between.
            }
        }
    }

    /// <summary>All that was sent to a path.</summary>
    public string Sent(string path) => string.Concat(_taken.Where(one => one.Path == path).Select(one => one.Body));

    public void Dispose()
    {
        _listener.Close();
        _loop.GetAwaiter().GetResult();
    }

    private async Task TakeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            _taken.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray()), context.Request.Headers["x-test"]));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
