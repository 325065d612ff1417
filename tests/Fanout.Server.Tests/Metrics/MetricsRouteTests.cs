using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Runs;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests.Metrics;

/// <summary><c>/metrics</c>, as Prometheus scrapes it. They are those of the process: other tests run beside these.</summary>
public sealed partial class MetricsRouteTests
{
    [Fact]
    public async Task Scraped_AreMetricsInTheTextFormat()
    {
        await using var host = await ServerHost.StartAsync();
        host.Drive();
        // The first scrape is what begins to measure.
        await host.Client.AskAsync("/metrics");
        (await host.Client.PostTextAsync("/api/runs", """{ "id": "r", "handler": { "name": "echo" }, "source": { "kind": "range", "start": 0, "end": 100 } }""")).Is(HttpStatusCode.Accepted);
        await host.Home.Fanout.Driver.WaitAsync("r", CancellationToken.None);
        var answer = await host.Client.AskAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.ContentType!.ToString());
        Assert.True(Value(answer.Text, "fanout_items_total{fanout_handler_name=\"echo\",fanout_outcome=\"Succeeded\"}") >= 100);
        Assert.Contains("# TYPE fanout_items_total counter\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("# TYPE fanout_items_active gauge\n", answer.Text, StringComparison.Ordinal);
        Assert.Contains("# TYPE fanout_item_duration_seconds histogram\n", answer.Text, StringComparison.Ordinal);
        const string Attempts = "{fanout_handler_name=\"echo\",fanout_outcome=\"Succeeded\"";
        var count = Value(answer.Text, $"fanout_item_duration_seconds_count{Attempts}}}");
        Assert.True(count >= 100);
        Assert.Equal(count, Value(answer.Text, $"fanout_item_duration_seconds_bucket{Attempts},le=\"+Inf\"}}"));
        Assert.All(answer.Text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
    }

    [Fact]
    public async Task Buckets_GrowFromOneToTheNext()
    {
        await using var host = await ServerHost.StartAsync();
        host.Drive();
        await host.Client.AskAsync("/metrics");
        (await host.Client.PostTextAsync("/api/runs", """{ "id": "r", "handler": { "name": "echo" }, "source": { "kind": "range", "start": 0, "end": 10 } }""")).Is(HttpStatusCode.Accepted);
        await host.Home.Fanout.Driver.WaitAsync("r", CancellationToken.None);
        var text = (await host.Client.AskAsync("/metrics")).Text;
        var buckets = text.Split('\n').Where(line => line.StartsWith("fanout_commit_duration_seconds_bucket{fanout_orchestrator_name=\"run\"", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(15, buckets.Count);
        Assert.Equal(buckets.Order(), buckets);
        Assert.True(buckets[^1] > 0);
    }

    [Fact]
    public async Task Scraper_NeedsAKeyThatMayReadOnceThereIsAny()
    {
        var key = "";
        await using var host = await ServerHost.StartAsync(home => key = ServerHost.AddKey(home, "prometheus", ApiRole.Read));
        (await host.Client.AskAsync("/metrics")).Problem(HttpStatusCode.Unauthorized);
        using var client = host.ClientWith(key);
        Assert.Equal(HttpStatusCode.OK, (await client.AskAsync("/metrics")).Status);
    }

    [Fact]
    public async Task RunThatARequestStarts_GoesOnInTheRequestsTrace()
    {
        const string TraceId = "0af7651916cd43dd8448eb211c80319c";
        await using var host = await ServerHost.StartAsync();
        (await host.Client.PostTextAsync(
            "/api/runs", """{ "id": "r", "handler": { "name": "echo" }, "source": { "kind": "range", "start": 0, "end": 1 } }""", ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"))).Is(HttpStatusCode.Accepted);
        var run = await host.Home.Fanout.Client.GetAsync("r", CancellationToken.None);
        Assert.Contains(TraceId, run.TraceParent, StringComparison.Ordinal);
    }

    private static double Value(string text, string series)
    {
        var line = Assert.Single(text.Split('\n'), line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\\})? -?[0-9.E+-]+)$")]
    private static partial Regex Line();
}
