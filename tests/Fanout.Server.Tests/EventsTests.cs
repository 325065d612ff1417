using System.Net;
using System.Text;
using System.Text.Json;
using Fanout.Api.Tests.Support;
using Fanout.Runs;
using Fanout.Serialization;
using Fanout.Server.Events;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests;

/// <summary>Events of runs.</summary>
public sealed class EventsTests
{
    private const string Gated = """{"id":"gated","handler":{"name":"gate"},"source":{"kind":"range","start":0,"end":3}}""";

    [Fact]
    public async Task Stream_TellsTheRun_ItsSamples_AndItsEnd()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        await using var events = await EventStream.OpenAsync(host.Client, "gated");
        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.MediaType);
        var run = await events.NextAsync("run");
        Assert.Equal("gated", run.Data.GetProperty("id").GetString());
        Assert.False(run.Data.TryGetProperty("spec", out _));
        var sample = await events.NextAsync("sample");
        Assert.True(sample.Data.GetProperty("inFlight").GetInt32() > 0);
        Assert.True(sample.Data.GetProperty("concurrency").GetInt32() > 0);

        host.Home.Gate.SetResult();
        var rest = await events.AllAsync();
        Assert.Equal("end", rest[^1].Kind);
        Assert.Equal("Succeeded", rest.Last(next => next.Kind == "run").Data.GetProperty("status").GetString());
    }

    [Fact]
    public void Sample_TellsHowLongAttemptsTook()
    {
        var progress = new RunProgress { Latency = new LatencySketch([new LatencyBucket(1, 5), new LatencyBucket(20, 4), new LatencyBucket(300, 1)]) };
        var sample = JsonSerializer.SerializeToElement(Sample.Of(progress, DateTimeOffset.UnixEpoch), FanoutJson.Options);
        Assert.Equal("""{"p50":1,"p90":20,"p99":300}""", sample.GetProperty("latency").GetRawText());
        Assert.False(JsonSerializer.SerializeToElement(Sample.Of(new RunProgress(), DateTimeOffset.UnixEpoch), FanoutJson.Options).TryGetProperty("latency", out _));
    }

    [Fact]
    public async Task RunsId_IsItsETag()
    {
        await using var host = await ServerHost.StartAsync();
        await host.Home.RunAsync("""{"id":"a","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":3}}""");
        await using var events = await EventStream.OpenAsync(host.Client, "a");
        Assert.Equal((await host.Client.AskAsync("/api/runs/a")).Headers.ETag!.Tag.Trim('"'), (await events.NextAsync("run")).Id);
    }

    [Fact]
    public async Task ClientThatComesBack_GoesOnAfterWhatItHad()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        await using var first = await EventStream.OpenAsync(host.Client, "gated");
        var had = await first.NextAsync("sample");
        host.Home.Gate.SetResult();
        var rest = await first.AllAsync();

        await using var again = await EventStream.OpenAsync(host.Client, "gated", had.Id);
        var gone = await again.AllAsync();
        Assert.DoesNotContain(gone, next => next.Id == had.Id);
        Assert.Equal(rest.Where(next => next.Kind == "sample").Select(next => next.Id), gone.Where(next => next.Kind == "sample").Select(next => next.Id));
        Assert.Equal("end", gone[^1].Kind);
        // Browsers come back until they are told that there is nothing more.
        await using var done = await EventStream.OpenAsync(host.Client, "gated", gone[^1].Id);
        Assert.Equal(HttpStatusCode.NoContent, done.Response.StatusCode);
    }

    [Fact]
    public async Task RunThatIsNot_HasNoEvents()
    {
        await using var host = await ServerHost.StartAsync();
        (await host.Client.AskAsync("/api/runs/none/events")).Problem(HttpStatusCode.NotFound);
        Assert.Equal(0, host.Server.Hubs.Readers);
    }

    [Fact]
    public async Task TooManyStreams_AreRefused()
    {
        await using var host = await ServerHost.StartAsync(options => options with { EventStreams = 1 });
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await using var events = await EventStream.OpenAsync(host.Client, "gated");
        await events.NextAsync("run");
        (await host.Client.AskAsync("/api/runs/gated/events")).Problem(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task StoppingServer_EndsStreams()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        await using var events = await EventStream.OpenAsync(host.Client, "gated");
        await events.NextAsync("run");
        var stopped = host.StopAsync();
        Assert.DoesNotContain(await events.AllAsync(), next => next.Kind == "end");
        await stopped;
    }

    [Fact]
    public void ReaderThatIsLate_IsToldTheNewestOnly()
    {
        var hub = new RunHub("a");
        hub.PublishRun("v0-1", "{}"u8);
        var place = hub.After(0, isFirst: true).Place;
        for (var i = 0; i <= RunHub.MostBehind; i++)
            hub.PublishSample($"s{i}", "{}"u8);
        hub.PublishRun("v0-2", "{}"u8);
        hub.PublishRun("v0-3", "{}"u8);
        Assert.Equal([$"s{RunHub.MostBehind}", "v0-3"], hub.After(place, isFirst: false).Frames.Select(frame => frame.Id));
        // One that comes back is told all that is kept.
        Assert.Equal(RunHub.MostBehind + 2, hub.After(hub.PlaceOf("v0-1"), isFirst: true).Frames.Count);
    }

    [Fact]
    public void Hub_KeepsAsManySamplesAsItSays_AndNoMore()
    {
        var hub = new RunHub("a");
        for (var i = 0; i < RunHub.KeptSamples + 10; i++)
            hub.PublishSample($"s{i}", "{}"u8);
        var kept = hub.After(0, isFirst: true).Frames;
        Assert.Equal((RunHub.KeptSamples, "s10"), (kept.Count, kept[0].Id));
        Assert.Equal(0, hub.PlaceOf("s9"));
        Assert.Equal(0, hub.PlaceOf("never"));
    }

    [Fact]
    public void RunThatHasNotChanged_IsNotToldAgain()
    {
        var hub = new RunHub("a");
        hub.PublishRun("v0-1", "{}"u8);
        Assert.True(hub.Tell(always: false));
        hub.PublishRun("v0-1", "{}"u8);
        Assert.False(hub.Tell(always: false));
        Assert.True(hub.Tell(always: true)); // A heartbeat.
    }

    [Fact]
    public void Frame_IsAsBrowsersReadIt() =>
        Assert.Equal("event: run\nid: v1-2\ndata: {\"a\":1}\n\n", Encoding.UTF8.GetString(EventFrame.Of(1, "run", "v1-2", "{\"a\":1}"u8).Bytes.Span));
}
