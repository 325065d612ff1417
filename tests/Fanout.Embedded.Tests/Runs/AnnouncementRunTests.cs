using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Announcing;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Serialization;
using Fanout.Tests.Handlers.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>Whole runs that tell of their end, to a server that answers as it is told.</summary>
public sealed class AnnouncementRunTests
{
    private static readonly string Ok = LoopbackServer.Answer("200 OK");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task ReceiverThatIsBusy_GetsTheSameReportAgainWhenItAskedFor()
    {
        using var came = new SemaphoreSlim(0);
        await using var server = Server(came, LoopbackServer.Answer("503 Service Unavailable", "", "Retry-After: 10"));
        await using var home = await TestHome.OpenAsync(time: _time);
        var run = home.RunAsync(Spec(server));
        await PassTimeUntilAsync(run);
        var report = await run;

        var (first, second) = (server.Requests.First(), server.Requests.Last());
        Assert.Equal(JsonSerializer.Serialize(report, FanoutJson.Options), first.Body);
        Assert.All(server.Requests, request => Assert.Equal(first.Body, request.Body));
        Assert.True(TimestampOf(second) >= TimestampOf(first) + 10);
        Assert.Equal(new RunAnnouncement(AnnouncementStatus.Announced), (await GetAsync(home)).Announcement);
    }

    [Fact]
    public async Task StoppedBetweenReportAndAnnouncement_GoesOnWithThatAlone()
    {
        using var came = new SemaphoreSlim(0);
        await using var server = Server(came, LoopbackServer.Answer("503 Service Unavailable"));
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        var source = Path.Combine(directory, "in.txt");
        await File.WriteAllLinesAsync(source, ["a", "b"]);
        var spec = Spec(server, $$"""{ "kind": "lines", "path": {{JsonSerializer.Serialize(source)}} }""");
        RunReport? report;
        await using (var home = await TestHome.OpenAsync(directory: directory, time: _time))
        {
            using var stop = new CancellationTokenSource();
            var driving = home.Fanout.Driver.DriveAsync(await home.StartAsync(spec), stop.Token, CancellationToken.None);
            await PassTimeUntilAsync(came.WaitAsync());
            await stop.CancelAsync();
            report = await driving;
        }

        // Neither its source nor its time is needed any more.
        File.Delete(source);
        await using (var home = await TestHome.OpenAsync(directory: directory, time: _time))
        {
            Assert.True((await GetAsync(home)).AwaitsAnnouncement);
            var refused = await Assert.ThrowsAsync<RunException>(() => home.Fanout.Client.PurgeAsync("r", CancellationToken.None));
            Assert.Contains("not announced yet", refused.Message, StringComparison.Ordinal);

            var driving = home.Fanout.Driver.DriveAsync("r", CancellationToken.None, CancellationToken.None);
            await PassTimeUntilAsync(driving);
            Assert.Equal(report!.EndedAt, (await driving)!.EndedAt);
            Assert.Equal(AnnouncementStatus.Announced, (await GetAsync(home)).Announcement!.Status);
            await home.Fanout.Driver.DriveAsync("r", CancellationToken.None, CancellationToken.None);
        }

        Assert.Equal(2, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.Body).Distinct());
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task CutOffInTheMiddleOfARequest_IsSentAgain()
    {
        using var stop = new CancellationTokenSource();
        using var came = new SemaphoreSlim(0);
        var requests = 0;
        await using var server = new LoopbackServer(_ =>
        {
            if (Interlocked.Increment(ref requests) > 1)
                return Ok;
            stop.Cancel();
            came.Release();
            throw new IOException("The receiver got it, and nobody will know.");
        });
        await using var home = await TestHome.OpenAsync(time: _time);
        var driving = home.Fanout.Driver.DriveAsync(await home.StartAsync(Spec(server)), stop.Token, CancellationToken.None);
        await PassTimeUntilAsync(came.WaitAsync());
        await driving;
        Assert.True((await GetAsync(home)).AwaitsAnnouncement);

        var again = home.Fanout.Driver.DriveAsync("r", CancellationToken.None, CancellationToken.None);
        // The break was seen before the stop, and an attempt is due; or after it, and the first attempt is made again at once.
        await PassTimeUntilAsync(again);
        await again;
        Assert.Equal(2, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.Body).Distinct());
        Assert.Equal(AnnouncementStatus.Announced, (await GetAsync(home)).Announcement!.Status);
    }

    [Fact]
    public async Task ReceiverThatIsGone_IsGivenUpAndTheReportStands()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("410 Gone"));
        await using var home = await TestHome.OpenAsync(time: _time);
        var report = await home.RunAsync(Spec(server));
        Assert.Equal(RunStatus.Succeeded, report.Status);
        Assert.Single(server.Requests);
        Assert.Equal(
            new RunAnnouncement(AnnouncementStatus.NotAnnounced, $"{server.Url} answered 410, given up after 1 attempt"), (await GetAsync(home)).Announcement);
    }

    [Fact]
    public async Task SignedReport_IsBelieved()
    {
        const string Variable = "FANOUT_TEST_WEBHOOK_SECRET";
        const string Secret = "it is not said";
        Environment.SetEnvironmentVariable(Variable, Secret);
        await using var server = new LoopbackServer(_ => Ok);
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        await using (var home = await TestHome.OpenAsync(directory: directory, time: _time))
            await home.RunAsync(Spec(server, secretFrom: Variable));
        var request = Assert.Single(server.Requests);
        Assert.True(WebhookSignature.Verify(
            Secret, request.Headers["Fanout-Timestamp"], Encoding.UTF8.GetBytes(request.Body), request.Headers["Fanout-Signature"], TimeSpan.FromMinutes(5), _time.GetUtcNow()));
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, path => Assert.DoesNotContain(Secret, File.ReadAllText(path, Encoding.Latin1), StringComparison.Ordinal));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task CancelledRun_IsAnnounced()
    {
        await using var server = new LoopbackServer(_ => Ok);
        using var started = new SemaphoreSlim(0);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("wait", async (number, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return number;
        }), time: _time);
        var run = home.RunAsync(Spec(server).Replace("noop", "wait", StringComparison.Ordinal));
        await started.WaitAsync();
        await home.Fanout.Client.CancelAsync("r", CancellationToken.None);
        Assert.Equal(RunStatus.Cancelled, (await run).Status);
        Assert.Equal("Cancelled", StatusOf(Assert.Single(server.Requests)));
    }

    [Theory]
    [InlineData("""{ "handler": { "name": "fail" }, "failure": { "tolerate": 0 } }""", "Failed")]
    [InlineData("""{ "handler": { "name": "fail" } }""", "CompletedWithFailures")]
    [InlineData("""{ "handler": { "name": "needy" } }""", "Failed")]
    public async Task RunThatFails_IsAnnounced(string change, string status)
    {
        await using var server = new LoopbackServer(_ => Ok);
        await using var home = await TestHome.OpenAsync(
            fanout => fanout.AddHandler<NeedsAMissingService>("needy").AddHandler<int, int>("fail", _ => throw new PermanentItemException("no")), time: _time);
        var spec = JsonNode.Parse(Spec(server))!.AsObject();
        foreach (var (field, value) in JsonNode.Parse(change)!.AsObject())
            spec[field] = value!.DeepClone();
        await home.RunAsync(spec.ToJsonString());
        Assert.Equal(status, StatusOf(Assert.Single(server.Requests)));
        Assert.Equal(AnnouncementStatus.Announced, (await GetAsync(home)).Announcement!.Status);
    }

    [Fact]
    public async Task Queue_GetsTheReport_AndOneThatFailsIsTriedAgain()
    {
        var queue = new FlakyQueue();
        await using var home = await TestHome.OpenAsync(fanout => fanout.Services.AddSingleton<IAnnouncementQueue>(queue), time: _time);
        var run = home.RunAsync(
            """{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 3 }, "onComplete": { "queue": "orders-done" } }""");
        await PassTimeUntilAsync(run);
        var report = await run;
        Assert.Equal(("orders-done", JsonSerializer.Serialize(report, FanoutJson.Options)), Assert.Single(queue.Messages));
        Assert.Equal(AnnouncementStatus.Announced, (await GetAsync(home)).Announcement!.Status);
    }

    [Fact]
    public async Task WhatThisProcessLacks_IsRefusedBeforeTheRunStarts()
    {
        await using var home = await TestHome.OpenAsync(time: _time);
        const string Lacking =
            """{ "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 1 }, "onComplete": { "webhook": { "url": "https://x/", "secretFrom": "FANOUT_TEST_NOT_SET" }, "queue": "orders-done" } }""";
        var refused = await Assert.ThrowsAsync<SpecException>(() => home.StartAsync(Lacking));
        Assert.Equal(["/onComplete/queue", "/onComplete/webhook/secretFrom"], refused.Errors.Select(error => error.Pointer));
        Assert.Contains("--storage", refused.Errors[0].Remedy, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SpecException>(() => home.Fanout.Client.PreviewAsync(home.Read(Lacking), CancellationToken.None));
        Assert.Empty(await home.Fanout.Client.ListAsync(new RunQuery(), CancellationToken.None));
    }

    [Fact]
    public async Task RunThatTellsNobody_HasNoTraceOfIt()
    {
        await using var home = await TestHome.OpenAsync(time: _time);
        await home.RunAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 3 } }""");
        var run = await GetAsync(home);
        Assert.Equal((null, true), (run.Announcement, run.IsOver));
    }

    private static string Spec(LoopbackServer server, string source = """{ "kind": "range", "start": 0, "end": 3 }""", string? secretFrom = null)
    {
        var webhook = new JsonObject { ["url"] = $"{server.Url}/hooks" };
        if (secretFrom is not null)
            webhook["secretFrom"] = secretFrom;
        return $$"""{ "id": "r", "handler": { "name": "noop" }, "source": {{source}}, "onComplete": { "webhook": {{webhook.ToJsonString()}} } }""";
    }

    /// <summary>A server that gives these answers, one each, then only good ones, and says when a request came.</summary>
    private static LoopbackServer Server(SemaphoreSlim came, params string[] answers)
    {
        var left = new ConcurrentQueue<string>(answers);
        return new LoopbackServer(_ =>
        {
            came.Release();
            return left.TryDequeue(out var answer) ? answer : Ok;
        });
    }

    // A wait begins when the failed attempt is recorded, which only the engine sees: while nothing comes, time is pushed on, and by less than
    // what would end an attempt.
    private async Task PassTimeUntilAsync(Task end)
    {
        while (await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)) != end)
            _time.Advance(TimeSpan.FromSeconds(5));
    }

    private static Task<RunRecord> GetAsync(TestHome home) => home.Fanout.Client.GetAsync("r", CancellationToken.None);

    private static long TimestampOf(WireRequest request) => long.Parse(request.Headers["Fanout-Timestamp"], CultureInfo.InvariantCulture);

    private static string StatusOf(WireRequest request) => JsonNode.Parse(request.Body)!["status"]!.GetValue<string>();

    private sealed class NeedsAMissingService(IFormatProvider missing) : IItemHandler<int, string>
    {
        public ValueTask<string> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken) => ValueTask.FromResult(item.ToString(missing));
    }

    /// <summary>Fails the first time.</summary>
    private sealed class FlakyQueue : IAnnouncementQueue
    {
        private int _attempts;

        public ConcurrentQueue<(string Queue, string Body)> Messages { get; } = [];

        public Task SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _attempts) == 1)
                throw new StorageException("The storage account is not there.");
            Messages.Enqueue((queue, Encoding.UTF8.GetString(body.Span)));
            return Task.CompletedTask;
        }
    }
}
