using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fanout.Benchmarks.Work;

/// <summary>A server, a process of its own, until it is disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly HttpClient _client;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _client = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one over a home, with further flags if any, and waits until it answers.</summary>
    public static async Task<ServerProcess> StartAsync(string home, params IEnumerable<string> flags)
    {
        var address = new Uri($"http://127.0.0.1:{LoopbackPort.Free().ToString(CultureInfo.InvariantCulture)}");
        var server = new ServerProcess(FanoutCommand.Start(["serve", "--urls", address.ToString(), "--home", home, .. flags]), address);
        while (!await server.AnswersAsync())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        return server;
    }

    /// <summary>Starts a run over a handler that waits 20 ms.</summary>
    public async Task<string> StartRunAsync(long items, int concurrency)
    {
        var spec = $$$"""{"id":"load","handler":{"name":"delay","options":{"for":"20ms"}},"source":{"kind":"range","start":0,"end":{{{items}}}},"flow":{"concurrency":{{{concurrency}}}}}""";
        using var content = new StringContent(spec, Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri("/api/runs", UriKind.Relative), content);
        return answer.IsSuccessStatusCode ? "load" : throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until a run has ended; items settled a second, by its report.</summary>
    public async Task<double> WaitAsync(string runId)
    {
        while (true)
        {
            var run = JsonElement.Parse(await _client.GetStringAsync(new Uri($"/api/runs/{runId}", UriKind.Relative)));
            if (run.TryGetProperty("report", out var report))
            {
                var elapsed = report.GetProperty("endedAt").GetDateTimeOffset() - report.GetProperty("startedAt").GetDateTimeOffset();
                return report.GetProperty("tally").GetProperty("succeeded").GetInt64() / elapsed.TotalSeconds;
            }

            await Task.Delay(LookEvery, TimeProvider.System);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        using (_process)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri("/api/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }
}
