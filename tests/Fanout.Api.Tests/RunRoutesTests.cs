using System.Net;
using Fanout.Api.Tests.Support;
using Fanout.Dispatch;
using Xunit;

namespace Fanout.Api.Tests;

/// <summary>Routes about runs, over a real engine.</summary>
public sealed class RunRoutesTests : IAsyncLifetime
{
    private const string Ten = """{"id":"ten","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":10}}""";

    private ApiHost _host = null!;

    private HttpClient Client => _host.Client;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Start_OfNew_IsAcceptedAndGivenToBeDriven()
    {
        var answer = await Client.PostTextAsync("/api/runs", Ten);
        var run = answer.Is(HttpStatusCode.Accepted);
        Assert.Equal("/api/runs/ten", answer.Headers.Location!.OriginalString);
        Assert.True(run.GetProperty("created").GetBoolean());
        Assert.Equal("Pending", run.GetProperty("status").GetString());
        Assert.Equal("odd", run.GetProperty("spec").GetProperty("handler").GetProperty("name").GetString());
        Assert.Equal(["ten"], _host.Given);
    }

    [Fact]
    public async Task Start_OfTheSameAgain_StartsNothing()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        Assert.False((await Client.PostTextAsync("/api/runs", Ten)).Is(HttpStatusCode.OK).GetProperty("created").GetBoolean());
    }

    [Fact]
    public async Task Start_OfAnotherUnderTheSameId_Conflicts()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        var answer = await Client.PostTextAsync("/api/runs", Ten.Replace("10", "11", StringComparison.Ordinal));
        Assert.Contains("another spec", answer.Problem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal("ten", answer.Json.GetProperty("runId").GetString());
    }

    [Fact]
    public async Task Start_TwiceUnderOneIdempotencyKey_StartsOneRun()
    {
        const string nameless = """{"handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":10}}""";
        var first = (await Client.PostTextAsync("/api/runs", nameless, ("Idempotency-Key", "order 7"))).Is(HttpStatusCode.Accepted);
        var again = (await Client.PostTextAsync("/api/runs", nameless, ("Idempotency-Key", "order 7"))).Is(HttpStatusCode.OK);
        var other = (await Client.PostTextAsync("/api/runs", nameless, ("Idempotency-Key", "order 8"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(first.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        Assert.NotEqual(first.GetProperty("id").GetString(), other.GetProperty("id").GetString());
        (await Client.PostTextAsync("/api/runs", nameless, ("Idempotency-Key", new string('k', 256)))).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Start_OfWhatIsNoSpec_SaysWhatIsWrongAtWhichField()
    {
        var answer = await Client.PostTextAsync("/api/runs", """{"handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":10},"flow":{"concurrency":0}}""");
        answer.Problem(HttpStatusCode.BadRequest);
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("/flow/concurrency", error.GetProperty("pointer").GetString());
        Assert.Equal("0", error.GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("{", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("null", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task Start_OfNoJson_IsRefused(string body, string type, HttpStatusCode status) =>
        (await Client.PostTextAsync("/api/runs", body, ("Content-Type", type))).Problem(status);

    [Fact]
    public async Task Start_OfTooMuch_IsRefused() =>
        (await Client.PostTextAsync("/api/runs", "{\"id\":\"" + new string('x', 3 << 20) + "\"}")).Problem(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task Start_OverAFileOutsideOfTheRoots_IsRefused()
    {
        var answer = await Client.PostTextAsync("/api/runs", """{"handler":{"name":"echo"},"source":{"kind":"lines","path":"/etc/passwd"}}""");
        answer.Problem(HttpStatusCode.BadRequest);
        Assert.Equal("/source/path", answer.Json.GetProperty("errors")[0].GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task Start_WithExec_IsRefused()
    {
        var answer = await Client.PostTextAsync("/api/runs", """{"handler":{"name":"exec","options":{"command":["id"]}},"source":{"kind":"range","start":0,"end":1}}""");
        Assert.Contains("runs commands", answer.Problem(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_StartsNothing()
    {
        var plan = (await Client.PostTextAsync("/api/plan", Ten)).Is(HttpStatusCode.OK);
        Assert.Equal(10, plan.GetProperty("items").GetInt32());
        Assert.Empty((await Client.AskAsync("/api/runs")).Is(HttpStatusCode.OK).GetProperty("runs").EnumerateArray());
        Assert.Empty(_host.Given);
    }

    [Theory]
    [InlineData("target=aws")]
    [InlineData("itemTime=20ms")]
    [InlineData("target=azure&itemTime=2d")]
    [InlineData("target=azure&itemTime=soon")]
    [InlineData("target=azure&prices=%7B%22bread%22%3A1%7D")]
    [InlineData("target=azure&prices=x")]
    public async Task PlanForWhatIsNoTarget_IsRefused(string query) => (await Client.PostTextAsync($"/api/plan?{query}", Ten)).Problem(HttpStatusCode.BadRequest);

    [Fact]
    public async Task PlanForAzure_HasItsFigures()
    {
        var plan = (await Client.PostTextAsync("/api/plan?target=azure&itemTime=20ms", Ten)).Is(HttpStatusCode.OK);
        Assert.Equal(10, plan.GetProperty("items").GetInt32());
        Assert.Equal(("20ms", false), (plan.GetProperty("azure").GetProperty("itemTime").GetString(), plan.GetProperty("azure").GetProperty("isAssumed").GetBoolean()));
    }

    [Fact]
    public async Task Get_OfWhatTheClientHas_SaysSo()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        var first = await Client.AskAsync("/api/runs/ten");
        var tag = first.Headers.ETag!.ToString();
        var second = await Client.AskAsync("/api/runs/ten", ("If-None-Match", tag));
        Assert.Equal((HttpStatusCode.NotModified, ""), (second.Status, second.Text));
        await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"concurrency":3}""");
        var third = await Client.AskAsync("/api/runs/ten", ("If-None-Match", tag));
        Assert.Equal(3, third.Is(HttpStatusCode.OK).GetProperty("control").GetProperty("concurrency").GetInt32());
    }

    [Theory]
    [InlineData("GET", "/api/runs/none")]
    [InlineData("PATCH", "/api/runs/none")]
    [InlineData("DELETE", "/api/runs/none")]
    [InlineData("POST", "/api/runs/none/cancel")]
    [InlineData("POST", "/api/runs/none/redrive")]
    [InlineData("GET", "/api/runs/none/results")]
    [InlineData("GET", "/api/runs/none/tree")]
    public async Task RunThatIsNot_IsNotFound(string method, string path)
    {
        var answer = await Client.SendAsync(new HttpMethod(method), path, method == "PATCH" ? """{"concurrency":3}""" : null);
        Assert.Contains("'none'", answer.Problem(HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.Equal("none", answer.Json.GetProperty("runId").GetString());
    }

    [Fact]
    public async Task Change_OfAnOlderVersion_IsRefused()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        var tag = (await Client.AskAsync("/api/runs/ten")).Headers.ETag!.ToString();
        (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"concurrency":3}""", ("If-Match", tag))).Is(HttpStatusCode.OK);
        (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"concurrency":4}""", ("If-Match", tag))).Problem(HttpStatusCode.PreconditionFailed);
        (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"concurrency":4}""", ("If-Match", "*"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Pause_AndResume_AreSeen_AndResumedRunsAreGivenToBeDriven()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        Assert.Equal("Paused", (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"paused":true}""")).Is(HttpStatusCode.OK).GetProperty("status").GetString());
        Assert.Equal("Pending", (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"paused":false}""")).Is(HttpStatusCode.OK).GetProperty("status").GetString());
        Assert.Equal(["ten", "ten"], _host.Given);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"speed":3}""")]
    [InlineData("""{"concurrency":"many"}""")]
    [InlineData("""{"concurrency":0}""")]
    [InlineData("""{"paused":1}""")]
    public async Task Change_OfNothingOrSomethingElse_IsRefused(string body)
    {
        await Client.PostTextAsync("/api/runs", Ten);
        var answer = await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", body);
        answer.Problem(HttpStatusCode.BadRequest);
        Assert.NotEmpty(answer.Json.GetProperty("errors").EnumerateArray());
    }

    [Fact]
    public async Task Cancel_OfARunThatNobodyDrivesYet_EndsItOnceItIsDriven()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        Assert.Equal("CancelledByRequest", (await Client.PostTextAsync("/api/runs/ten/cancel", null)).Is(HttpStatusCode.Accepted).GetProperty("control").GetProperty("stop").GetString());
        Assert.Equal(RunStatus.Cancelled, (await _host.DriveAsync("ten"))!.Status);
        (await Client.PostTextAsync("/api/runs/ten/cancel", null)).Problem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task EndedRun_IsShownWithItsReport_AndCannotBeChanged()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        await _host.DriveAsync("ten");
        var run = (await Client.AskAsync("/api/runs/ten")).Is(HttpStatusCode.OK);
        Assert.Equal("CompletedWithFailures", run.GetProperty("status").GetString());
        Assert.Equal(5, run.GetProperty("report").GetProperty("tally").GetProperty("failed").GetInt32());
        (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", """{"concurrency":3}""")).Problem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Redrive_TakesWhatFailed()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        (await Client.PostTextAsync("/api/runs/ten/redrive", null)).Problem(HttpStatusCode.Conflict);
        await _host.DriveAsync("ten");
        var answer = await Client.PostTextAsync("/api/runs/ten/redrive", """{"id":"again","only":"failed","flow":{"concurrency":2}}""");
        Assert.Equal(2, answer.Is(HttpStatusCode.Accepted).GetProperty("spec").GetProperty("flow").GetProperty("concurrency").GetInt32());
        Assert.Equal("/api/runs/again", answer.Headers.Location!.OriginalString);
        Assert.Equal(5, (await _host.DriveAsync("again"))!.Total);
        (await Client.PostTextAsync("/api/runs/ten/redrive", """{"only":"some"}""")).Problem(HttpStatusCode.BadRequest);
        (await Client.PostTextAsync("/api/runs/ten/redrive", null)).Is(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("""{"id":"b\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    public async Task HalfASurrogatePair_IsNoText(string body)
    {
        (await Client.PostTextAsync("/api/runs", body)).Problem(HttpStatusCode.BadRequest);
        (await Client.SendAsync(HttpMethod.Patch, "/api/runs/ten", body)).Problem(HttpStatusCode.BadRequest);
        (await Client.PostTextAsync("/api/runs/ten/redrive", body)).Problem(HttpStatusCode.BadRequest);
        (await Client.SendAsync(HttpMethod.Put, "/api/limits/crm", body)).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Delete_OfAnEndedRun_DeletesIt_OfAnotherConflicts()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        (await Client.SendAsync(HttpMethod.Delete, "/api/runs/ten", null)).Problem(HttpStatusCode.Conflict);
        await _host.DriveAsync("ten");
        Assert.Equal(HttpStatusCode.NoContent, (await Client.SendAsync(HttpMethod.Delete, "/api/runs/ten", null)).Status);
        (await Client.AskAsync("/api/runs/ten")).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task List_GoesThroughPages_NewestFirst()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await Client.PostTextAsync("/api/runs", Ten.Replace("\"ten\"", $"\"{id}\"", StringComparison.Ordinal));
        await _host.DriveAsync("b");
        var first = (await Client.AskAsync("/api/runs?limit=2")).Is(HttpStatusCode.OK);
        Assert.Equal(["c", "b"], first.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("id").GetString()!));
        var second = (await Client.AskAsync($"/api/runs?limit=2&after={first.GetProperty("next").GetString()}")).Is(HttpStatusCode.OK);
        Assert.Equal(["a"], second.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("id").GetString()!));
        Assert.False(second.TryGetProperty("next", out _));
        var ended = (await Client.AskAsync("/api/runs?status=completedWithFailures,Failed")).Is(HttpStatusCode.OK);
        Assert.Equal("b", Assert.Single(ended.GetProperty("runs").EnumerateArray()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=-1")]
    [InlineData("limit=many")]
    [InlineData("limit=1&limit=2")]
    [InlineData("status=Odd")]
    [InlineData("status=1")]
    [InlineData("status=,")]
    public async Task List_WithOtherParameters_IsRefused(string query) => (await Client.AskAsync($"/api/runs?{query}")).Problem(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Tree_ShowsBranches()
    {
        await Client.PostTextAsync("/api/runs", Ten);
        await _host.DriveAsync("ten");
        var tree = (await Client.AskAsync("/api/runs/ten/tree")).Is(HttpStatusCode.OK);
        Assert.Equal(10, tree.GetProperty("branches").EnumerateArray().Sum(branch => branch.GetProperty("settled").GetInt32()));
    }

    [Fact]
    public async Task RedriveOfAFileThatMayNotBeNamed_GoesToTheSameHandlerOnly()
    {
        // Somebody on the machine ran over a file of theirs.
        var file = Path.Combine(_host.Home.Root, "mine.jsonl");
        await File.WriteAllTextAsync(file, "2\n4\n");
        await _host.Home.RunAsync($$$"""{"id":"mine","handler":{"name":"odd"},"source":{"kind":"jsonl","path":"{{{file}}}"}}""");
        Assert.Contains("may not read", (await Client.PostTextAsync("/api/runs/mine/redrive", """{"handler":{"name":"echo"}}""")).Problem(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("may not read", (await Client.PostTextAsync("/api/runs", """{"handler":{"name":"echo"},"source":{"kind":"redrive","run":"mine"}}""")).Problem(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        (await Client.PostTextAsync("/api/runs/mine/redrive", """{"id":"again"}""")).Is(HttpStatusCode.Accepted);
        Assert.Contains("may not read", (await Client.PostTextAsync("/api/runs", """{"handler":{"name":"echo"},"source":{"kind":"redrive","run":"again"}}""")).Problem(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }
}
