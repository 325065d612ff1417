using System.Net;
using System.Text;
using Fanout.Api.Tests.Support;
using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Api.Tests;

/// <summary>Results over HTTP: which, in what order, and how fast.</summary>
public sealed class ResultRoutesTests
{
    private const string Hundred = """{"id":"hundred","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":100},"batch":{"maxItems":7}}""";

    [Fact]
    public async Task Results_AreLinesInItemOrder_OfTheRangeAndStatusesAskedFor()
    {
        await using var host = await ApiHost.StartAsync();
        await host.Home.RunAsync(Hundred);
        var all = await host.Client.AskAsync("/api/runs/hundred/results");
        Assert.Equal("application/x-ndjson", all.Content.ContentType!.MediaType);
        Assert.Equal(Enumerable.Range(0, 100), Indices(all));
        Assert.Equal([20, 21, 22, 23, 24], Indices(await host.Client.AskAsync("/api/runs/hundred/results?from=20&to=25")));
        Assert.Equal([20, 22, 24], Indices(await host.Client.AskAsync("/api/runs/hundred/results?from=20&to=25&status=Failed")));
        Assert.Equal([98, 99], Indices(await host.Client.AskAsync("/api/runs/hundred/results?from=98&status=Failed,Succeeded")));
        Assert.Equal([0, 1, 2], Indices(await host.Client.AskAsync("/api/runs/hundred/results?limit=3")));
        Assert.Empty(Indices(await host.Client.AskAsync("/api/runs/hundred/results?from=100")));
        var line = (await host.Client.AskAsync("/api/runs/hundred/results?to=1")).Lines[0];
        Assert.Equal(("Failed", "InvalidOperationException"), (line.GetProperty("status").GetString(), line.GetProperty("error").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Results_ToBeSaved_HaveAName()
    {
        await using var host = await ApiHost.StartAsync();
        await host.Home.RunAsync(Hundred);
        var answer = await host.Client.AskAsync("/api/runs/hundred/results?download=true");
        Assert.Equal("attachment; filename=\"hundred.jsonl\"", answer.Content.ContentDisposition!.ToString());
    }

    [Theory]
    [InlineData("from=-1")]
    [InlineData("to=x")]
    [InlineData("limit=0")]
    [InlineData("status=Pending")]
    [InlineData("download=maybe")]
    [InlineData("from=99999999999999999999")]
    public async Task Results_WithOtherParameters_AreRefused(string query)
    {
        await using var host = await ApiHost.StartAsync();
        await host.Home.RunAsync(Hundred);
        (await host.Client.AskAsync($"/api/runs/hundred/results?{query}")).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Results_AreReadAsFastAsTheClientTakesThem()
    {
        const int takenBytes = 8 << 20;
        const int onTheWayBytes = 16 << 20; // Buffers of the sockets and of the server.
        var lines = new EndlessLines();
        await using var host = await ApiHost.StartAsync(home => home with { Runs = lines });
        using (var response = await host.Client.GetAsync(new Uri("/api/runs/endless/results", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        await using (var stream = await response.Content.ReadAsStreamAsync())
        {
            await stream.ReadExactlyAsync(new byte[takenBytes]);
            // Before the client leaves: until the server has noticed that, nothing holds it back.
            Assert.InRange(lines.Bytes, takenBytes, takenBytes + onTheWayBytes);
        }

        await lines.Left.Task;
    }

    private static IEnumerable<int> Indices(Answer answer) => answer.Lines.Select(line => line.GetProperty("index").GetInt32());

    /// <summary>Results without end; knows how many were taken.</summary>
    private sealed class EndlessLines : IRunClient
    {
        private readonly byte[] _line = Encoding.UTF8.GetBytes("{\"output\":\"" + new string('x', 4_000) + "\"}\n");

        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadResultLinesAsync(
            string runId, ResultQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            try
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Interlocked.Add(ref _bytes, _line.Length);
                    yield return _line;
                }
            }
            finally
            {
                Left.SetResult();
            }
        }

        public Task<StartedRun> StartAsync(RunSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<PlanPreview> PreviewAsync(RunSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RunRecord> GetAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task PauseAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ResumeAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CancelAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RetuneAsync(string runId, Retune change, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task PurgeAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ResultLine> ReadResultsAsync(string runId, ResultQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RunTree> ReadTreeAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public string LocateResults(string runId) => throw new NotSupportedException();
    }
}
