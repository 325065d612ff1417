using System.Net;
using System.Text;
using Fanout.Client.Tests.Support;
using Fanout.Client.Views;
using Fanout.Views;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Client.Tests.Watching;

public sealed class RunWatchTests : IDisposable
{
    private readonly ScriptedHandler _server = new();
    private readonly HurryingTime _time = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Polling_AsksOnlyForWhatChanged_AndSurvivesAServerThatIsAway()
    {
        using var client = _server.Then(Run("v0-a", settled: 1)).Then(HttpStatusCode.NotModified)
            .ThenBreak().ThenBreak().ThenBreak().ThenBreak().ThenBreak()
            .Then(Run("v0-b", settled: 2)).Then(Run("v0-c", settled: 3, isOver: true)).Connect(_time);
        var seen = await client.WatchAsync("nightly").ToListAsync();
        Assert.Equal([1, 2, 3], seen.Select(run => run.Progress!.Settled));
        Assert.Equal([null, "\"v0-a\"", "\"v0-a\""], _server.Requests.Take(3).Select(IfNoneMatch));
        Assert.Equal("\"v0-b\"", IfNoneMatch(_server.Requests[^1]));
    }

    [Fact]
    public async Task ServerThatIsAwayForTooLong_IsGivenUp()
    {
        _server.Then(Run("v0-a", settled: 1));
        foreach (var _ in Enumerable.Range(0, 1_000))
            _server.ThenBreak();
        using var client = _server.Connect(_time);
        var began = _time.GetUtcNow();
        Assert.True((await Assert.ThrowsAsync<RemoteException>(() => client.WaitAsync("nightly"))).MayPass);
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
    }

    [Fact]
    public async Task Events_AreFollowed_AndTheEndIsAskedFor()
    {
        using var client = _server
            .Then(Run("v0-a", settled: 1, events: true))
            .Then(Events($"retry: 2000\n\n:\n\nevent: run\nid: v0-a\ndata: {Body(1, events: true)}\n\nevent: run\nid: v0-b\ndata: {Body(2, events: true)}\n\nevent: sample\nid: s1\ndata: {Sample}\n\nevent: news\ndata: x\n\nevent: run\nid: v0-c\ndata: {Body(3, events: true)}\n\nevent: end\ndata: {{}}\n\n"))
            .Then(Run("v0-d", settled: 4, isOver: true, events: true)).Connect(_time);
        var seen = await client.WatchAsync("nightly").ToListAsync();
        Assert.Equal([1, 2, 3, 4], seen.Select(run => run.Progress!.Settled));
        Assert.All(seen, run => Assert.Equal("noop", run.Spec!.Value.GetProperty("handler").GetProperty("name").GetString()));
        Assert.Equal(["GET /base/api/runs/nightly", "GET /base/api/runs/nightly/events", "GET /base/api/runs/nightly"], _server.Asked);
        Assert.Equal(["v0-a"], _server.Requests[1].Headers.GetValues("Last-Event-ID"));
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task TooManyStreams_TheServerIsAskedInstead()
    {
        using var client = _server
            .Then(Run("v0-a", settled: 1, events: true)).ThenProblem(HttpStatusCode.TooManyRequests, "Too many event streams are open.")
            .Then(Run("v0-b", settled: 2, isOver: true, events: true)).Connect(_time);
        Assert.Equal(2, (await client.WatchAsync("nightly").ToListAsync()).Count);
        Assert.Equal([TimeSpan.FromSeconds(1)], _time.Waits);
    }

    [Fact]
    public async Task BrokenEvents_GoOnAfterTheLastOne()
    {
        using var client = _server
            .Then(Run("v0-a", settled: 1, events: true))
            .Then(Events($"event: run\nid: v0-b\ndata: {Body(2, events: true)}\n\n", breaks: true))
            .Then(HttpStatusCode.NotModified)
            .Then(Events("event: end\ndata: {}\n\n"))
            .Then(Run("v0-d", settled: 4, isOver: true, events: true)).Connect(_time);
        var seen = await client.WatchAsync("nightly").ToListAsync();
        Assert.Equal([1, 2, 4], seen.Select(run => run.Progress!.Settled));
        Assert.Equal("\"v0-b\"", IfNoneMatch(_server.Requests[2]));
        Assert.Equal(["v0-b"], _server.Requests[3].Headers.GetValues("Last-Event-ID"));
    }

    [Fact]
    public async Task WithoutEvents_TheServerIsAskedAgain()
    {
        using var client = _server
            .Then(Run("v0-a", settled: 1, events: true)).ThenProblem(HttpStatusCode.NotFound, "There are no events here.")
            .Then(Run("v0-b", settled: 2, events: true)).Then(Run("v0-c", settled: 3, isOver: true, events: true)).Connect(_time);
        Assert.Equal(3, (await client.WatchAsync("nightly").ToListAsync()).Count);
        Assert.Single(_server.Asked, asked => asked.EndsWith("/events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunThatIsGone_IsToldSo()
    {
        using var client = _server.Then(Run("v0-a", settled: 1)).ThenProblem(HttpStatusCode.NotFound, "There is no run.").Connect(_time);
        Assert.True((await Assert.ThrowsAsync<RunException>(() => client.WaitAsync("nightly"))).IsMissing);
    }

    [Fact]
    public async Task SilentConnection_IsGivenUp()
    {
        var time = new FakeTimeProvider();
        var silent = new SilentStream();
        using var client = _server
            .Then(Run("v0-a", settled: 1, events: true))
            .Then(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(silent) })
            .Then(Run("v0-b", settled: 2, isOver: true, events: true)).Connect(time);
        var waiting = client.WaitAsync("nightly");
        await silent.IsRead;
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(2, (await waiting).Progress!.Settled);
    }

    [Fact]
    public async Task Cancelled_StopsAtOnce_WhereverItIs()
    {
        using var stop = new CancellationTokenSource();
        var silent = new SilentStream();
        using var client = _server
            .Then(Run("v0-a", settled: 1, events: true))
            .Then(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(silent) }).Connect(_time);
        var waiting = client.WaitAsync("nightly", stop.Token);
        await silent.IsRead;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private const string Sample = """{"at":"2026-11-23T12:00:00+00:00","settled":2,"succeeded":2,"unsuccessful":0,"inFlight":1,"itemsPerSecond":3.5,"waits":[{"cause":"rate","percent":100}],"latency":{"p50":1,"p90":2,"p99":3.5},"concurrency":4,"rate":"5/s"}""";

    [Fact]
    public async Task Samples_AreRead()
    {
        using var client = _server.Then(Events($"event: sample\nid: s1\ndata: {Sample}\n\nevent: end\ndata: {{}}\n\n")).Connect(_time);
        var events = await client.ReadEventsAsync("nightly", "s0").ToListAsync();
        var sample = events[0].Sample!;
        Assert.Equal(("s1", 3.5, 3.5, "5/s", 4, true), (events[0].Id, sample.ItemsPerSecond, sample.Latency!.P99, sample.Rate.ToString(), sample.Concurrency, events[1].IsEnd));
        Assert.Equal(["s0"], _server.Requests[0].Headers.GetValues("Last-Event-ID"));
    }

    private static string? IfNoneMatch(HttpRequestMessage request) => request.Headers.TryGetValues("If-None-Match", out var tags) ? tags.Single() : null;

    private static string Body(long settled, bool isOver = false, bool events = false, bool spec = false) => $$"""
        {"id":"nightly","status":"{{(isOver ? "Succeeded" : "Running")}}","createdAt":"2026-11-23T12:00:00+00:00","control":{"version":0,"paused":false},"allotment":{"concurrency":4,"burst":1},
        "progress":{"at":"2026-11-23T12:00:00+00:00","succeeded":{{settled}},"settled":{{settled}},"waits":[]},
        {{(isOver ? """ "report":{"runId":"nightly","status":"Succeeded","reason":"AllItemsSucceeded","tally":{"succeeded":4,"errors":[]}},""" : "")}}
        {{(spec ? """ "spec":{"handler":{"name":"noop"}},""" : "")}}
        "results":"/r","links":{"self":"/api/runs/nightly"{{(events ? ",\"events\":\"/api/runs/nightly/events\"" : "")}}} }
        """.ReplaceLineEndings("");

    private static Func<HttpRequestMessage, HttpResponseMessage> Run(string tag, long settled, bool isOver = false, bool events = false) => _ =>
        new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(Body(settled, isOver, events, spec: true), Encoding.UTF8, "application/json"),
            Headers = { ETag = new System.Net.Http.Headers.EntityTagHeaderValue($"\"{tag}\"") },
        };

    private static Func<HttpRequestMessage, HttpResponseMessage> Events(string text, bool breaks = false) => _ =>
        new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream(Encoding.UTF8.GetBytes(text), breaks)) };

    private sealed class BreakingStream(byte[] bytes, bool breaks) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read && (read > 0 || !breaks) ? read : throw new HttpIOException(HttpRequestError.ResponseEnded, "It broke.");
    }

    private sealed class SilentStream : MemoryStream
    {
        private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsRead => _isRead.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _isRead.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
