using System.Net;
using System.Text.Json;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Runs;
using Fanout.Server.Audit;
using Fanout.Server.Tests.Support;
using Fanout.Specs;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fanout.Server.Tests;

/// <summary>Driving runs, rates, the audit log, health, and the end.</summary>
public sealed class ServingTests
{
    private const string Gated = """{"id":"gated","handler":{"name":"gate"},"source":{"kind":"range","start":0,"end":3}}""";

    [Fact]
    public async Task RunThatIsAskedFor_IsDriven_AndNoMoreAtOnceThanAllowed()
    {
        var ended = new TaskCompletionSource<RunReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = (await ServerHost.StartAsync(options => options with { Fleet = new RunFleetOptions { AtOnce = 1, OnEnded = report => ended.TrySetResult(report) } })).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        (await host.Client.PostTextAsync("/api/runs", Gated.Replace("gated", "second", StringComparison.Ordinal))).Is(HttpStatusCode.Accepted);
        var second = (await host.Client.AskAsync("/api/runs/second")).Is(HttpStatusCode.OK);
        Assert.Equal("Pending", second.GetProperty("status").GetString());
        Assert.False(second.TryGetProperty("drivenBy", out _));
        host.Home.Gate.SetResult();
        Assert.Equal("gated", (await ended.Task).RunId);
        Assert.Equal(3, (await host.Home.Fanout.Driver.WaitAsync("second", CancellationToken.None)).Tally.Succeeded);
    }

    [Fact]
    public async Task RunThatWasInterrupted_IsGoneOnWith()
    {
        await using var host = await ServerHost.StartAsync();
        await host.Home.Fanout.Client.StartAsync(SpecReader.Read(Gated, host.Home.Fanout.Registry), CancellationToken.None);
        host.Home.Gate.SetResult();
        host.Drive();
        Assert.Equal(3, (await host.Home.Fanout.Driver.WaitAsync("gated", CancellationToken.None)).Tally.Succeeded);
    }

    [Fact]
    public async Task StoppedServer_HandsRunsBack()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        await host.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => host.Client.AskAsync("/api/runs"));
        var run = await host.Home.Fanout.Client.GetAsync("gated", CancellationToken.None);
        Assert.Equal((RunStatus.Running, null), (run.Status, run.DrivenBy));
        host.Home.Gate.SetResult();
        Assert.Equal(3, (await host.Home.Fanout.Driver.DriveAsync("gated", CancellationToken.None, CancellationToken.None))!.Tally.Succeeded);
    }

    [Fact]
    public async Task MoreRequestsThanAllowed_AreToldToWait()
    {
        await using var host = await ServerHost.StartAsync(options => options with { RequestsPerSecond = 1 });
        (await host.Client.AskAsync("/api/runs")).Is(HttpStatusCode.OK);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.Client.AskAsync("/api/runs")));
        var refused = answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests);
        refused.Problem(HttpStatusCode.TooManyRequests);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
    }

    [Fact]
    public async Task Rates_AreOfEachKey()
    {
        string one = "", other = "";
        await using var host = await ServerHost.StartAsync(
            home => (one, other) = (ServerHost.AddKey(home, "one", ApiRole.Read), ServerHost.AddKey(home, "other", ApiRole.Read)),
            options => options with { RequestsPerSecond = 1 });
        using var first = host.ClientWith(one);
        using var second = host.ClientWith(other);
        Assert.Contains(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => first.AskAsync("/api/runs"))), answer => answer.Status == HttpStatusCode.TooManyRequests);
        (await second.AskAsync("/api/runs")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changes_AreInTheAuditLog_AndNothingElseIs()
    {
        var key = "";
        await using var host = await ServerHost.StartAsync(home => key = ServerHost.AddKey(home, "ci", ApiRole.Admin));
        using var client = host.ClientWith(key);
        (await client.PostTextAsync("/api/runs", """{"handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1}}""", ("Idempotency-Key", "7"))).Is(HttpStatusCode.Accepted);
        var id = (await client.AskAsync("/api/runs")).Is(HttpStatusCode.OK).GetProperty("runs")[0].GetProperty("id").GetString()!;
        (await client.PostTextAsync($"/api/runs/{id}/cancel", null)).Is(HttpStatusCode.Accepted);
        (await client.SendAsync(HttpMethod.Patch, "/api/runs/none", """{"paused":true}""")).Problem(HttpStatusCode.NotFound);
        (await client.SendAsync(HttpMethod.Put, "/api/limits/crm", """{"concurrency":5}""")).Is(HttpStatusCode.OK);
        (await client.PostTextAsync("/api/plan", """{"handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1}}""")).Is(HttpStatusCode.OK);
        (await host.Client.PostTextAsync("/api/runs", "{}")).Problem(HttpStatusCode.Unauthorized);

        var entries = host.Audit.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(
            [("POST", id, 202), ("POST", id, 202), ("PATCH", "none", 404), ("PUT", "crm", 200)],
            entries.Select(entry => (entry.GetProperty("method").GetString()!, entry.GetProperty("id").GetString()!, entry.GetProperty("status").GetInt32())));
        Assert.All(entries, entry => Assert.Equal(("ci", "127.0.0.1"), (entry.GetProperty("by").GetString(), entry.GetProperty("from").GetString())));
        Assert.DoesNotContain(key, host.Audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditLog_BeginsAnotherFile_AndDropsTheOldest()
    {
        var directory = Directory.CreateTempSubdirectory("fanout-audit-");
        try
        {
            using (var log = new AuditLog(directory.FullName, NullLogger<AuditLog>.Instance, fileBytes: 1))
            {
                for (var i = 0; i < 12; i++)
                    await log.WriteAsync(new AuditEntry(TimeProvider.System.GetUtcNow(), "a", null, "POST", $"/{i}", null, 200));
            }

            Assert.Equal(9, directory.GetFiles("audit*.jsonl").Length);
            Assert.Contains("/11", await File.ReadAllTextAsync(Path.Combine(directory.FullName, "audit.jsonl")), StringComparison.Ordinal);
            Assert.Contains("/3", await File.ReadAllTextAsync(Path.Combine(directory.FullName, "audit.8.jsonl")), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Health_NeedsNoKey()
    {
        await using var host = await ServerHost.StartAsync(home => ServerHost.AddKey(home, "a", ApiRole.Read));
        Assert.Equal("ok", (await host.Client.AskAsync("/api/health")).Is(HttpStatusCode.OK).GetProperty("status").GetString());
        Assert.Equal("1.2.3", (await host.Client.AskAsync("/api/health/live")).Is(HttpStatusCode.OK).GetProperty("version").GetString());
    }

    [Fact]
    public async Task PathsAndMethods_ThatAreNone_AreProblemsToo()
    {
        await using var host = await ServerHost.StartAsync();
        (await host.Client.AskAsync("/api/nothing")).Problem(HttpStatusCode.NotFound);
        (await host.Client.AskAsync("/nothing")).Problem(HttpStatusCode.NotFound);
        Assert.Contains("GET", (await host.Client.SendAsync(HttpMethod.Delete, "/api/runs", null)).Problem(HttpStatusCode.MethodNotAllowed), StringComparison.Ordinal);
    }
}
