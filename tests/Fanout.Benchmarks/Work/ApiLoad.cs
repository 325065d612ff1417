using System.Diagnostics;
using System.Globalization;

namespace Fanout.Benchmarks.Work;

/// <summary>Those who watch a run: event streams that are read, and requests at a steady rate over a few connections, until it is stopped.</summary>
internal sealed class ApiLoad : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly string[] _paths;
    private readonly List<Task> _streams = [];
    private long _sent;
    private long _answered;
    private long _failed;
    private long _eventBytes;
    private long _brokenStreams;
    private Task _sending = Task.CompletedTask;
    private long _startedAt;

    private ApiLoad(Uri address, string runId)
    {
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2_000 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        var run = $"/api/runs/{runId}";
        _paths = [run, run, run, run, "/api/runs?limit=20", "/api/runs?status=Running", $"{run}/results?from=0&to=20", "/api/limits", "/api/capabilities", "/api/health"];
    }

    /// <summary>Opens the streams, then begins to send.</summary>
    public static async Task<ApiLoad> StartAsync(Uri address, string runId, int streams, int requestsPerSecond)
    {
        var load = new ApiLoad(address, runId);
        for (var i = 0; i < streams; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{runId}/events");
            var response = await load._client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            load._streams.Add(load.ReadAsync(response.EnsureSuccessStatusCode()));
        }

        load._startedAt = Stopwatch.GetTimestamp();
        load._sending = load.SendAsync(requestsPerSecond);
        return load;
    }

    /// <summary>Stops sending; what came of it.</summary>
    /// <exception cref="InvalidOperationException">A request failed, a stream broke off, or fewer were sent than asked for.</exception>
    public async Task<string> StopAsync()
    {
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        await _stop.CancelAsync();
        await _sending;
        await Task.WhenAll(_streams);
        var rate = _sent / elapsed.TotalSeconds;
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{_sent:N0} requests in {elapsed.TotalSeconds:0.0} s ({rate:N0}/s), {_failed:N0} failed; {_streams.Count:N0} streams, {_brokenStreams:N0} broke off, {_eventBytes / 1e6:0.0} MB of events");
        return _failed == 0 && _brokenStreams == 0 && _answered == _sent ? summary : throw new InvalidOperationException(summary);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(int requestsPerSecond)
    {
        var answers = new List<Task>();
        using var beat = new PeriodicTimer(Beat);
        try
        {
            while (await beat.WaitForNextTickAsync(_stop.Token))
            {
                var due = (long)(Stopwatch.GetElapsedTime(_startedAt).TotalSeconds * requestsPerSecond);
                for (; _sent < due; _sent++)
                    answers.Add(AskAsync(_paths[_sent % _paths.Length]));
                if (answers.Count > 10_000)
                    answers.RemoveAll(answer => answer.IsCompleted);
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(answers);
    }

    private async Task AskAsync(string path)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative));
            if (!answer.IsSuccessStatusCode)
                Interlocked.Increment(ref _failed);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            Interlocked.Increment(ref _failed);
        }

        Interlocked.Increment(ref _answered);
    }

    private async Task ReadAsync(HttpResponseMessage response)
    {
        using var _ = response;
        var buffer = new byte[16 << 10];
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            while (await stream.ReadAsync(buffer, _stop.Token) is var read and > 0)
                Interlocked.Add(ref _eventBytes, read);
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            Interlocked.Increment(ref _brokenStreams);
        }
    }
}
