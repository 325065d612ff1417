using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Api;
using Fanout.Client.Tests.Support;
using Fanout.Client.Views;
using Fanout.Flow;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Fanout.Views;
using Xunit;

namespace Fanout.Client.Tests;

/// <summary>Every method of the client against the API's real routes.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ApiServer _server = null!;
    private FanoutClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync(fanout => fanout
            .AddHandler<long, long>("odd", number => number % 2 == 1 ? number * 2 : throw new InvalidOperationException($"{number} is even."))
            .AddHandler<long>("gate", async (_, cancellationToken) => await _open.Task.WaitAsync(cancellationToken)));
        _client = _server.Connect();
    }

    public async Task DisposeAsync()
    {
        _open.TrySetResult();
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Start_Wait_Read_Redrive_Delete()
    {
        var started = await _client.StartAsync(Spec("odd", "first", 6));
        Assert.Equal(("first", true), (started.Id, started.Created));
        Assert.False((await _client.StartAsync(Spec("odd", "first", 6))).Created);

        var ended = await _client.WaitAsync("first");
        Assert.True(ended.IsOver);
        Assert.Equal(RunStatus.CompletedWithFailures, ended.Report!.Status);
        Assert.Equal((3, 3, 6L), (ended.Report.Tally.Succeeded, ended.Report.Tally.Failed, ended.Report.Total));
        Assert.Equal("odd", ended.Spec!.Value.GetProperty("handler").GetProperty("name").GetString());
        Assert.Null(await _client.GetIfChangedAsync("first", ended.ETag));

        var lines = await _client.ReadResultsAsync("first", new ResultQuery([OutcomeStatus.Succeeded], From: 2), limit: 1).ToListAsync();
        Assert.Equal(3, Assert.Single(lines).Index);
        Assert.Equal(6, lines[0].Output!.Value.GetInt64());
        var raw = new StringBuilder();
        await foreach (var line in _client.ReadResultLinesAsync("first", new ResultQuery(To: 2)))
            raw.Append(Encoding.UTF8.GetString(line.Span));
        Assert.Equal(2, raw.ToString().Count(c => c == '\n'));
        Assert.NotEmpty((await _client.GetTreeAsync("first")).Branches);

        var redriven = await _client.RedriveAsync("first", new Redrive { Id = "second", Only = "failed", Flow = new JsonObject { ["concurrency"] = 1 } });
        Assert.Equal(("second", true, 1), (redriven.Id, redriven.Created, redriven.Allotment.Concurrency));
        Assert.Equal(3, (await _client.WaitAsync("second")).Report!.Tally.Failed);

        await _client.DeleteAsync("second");
        Assert.True((await Assert.ThrowsAsync<RunException>(() => _client.GetAsync("second"))).IsMissing);
        await _client.DeleteAsync("first");
    }

    [Fact]
    public async Task Start_WithoutAnId_MakesAKey_AndTheSameKeyStartsOnce()
    {
        var spec = new JsonObject
        {
            ["handler"] = new JsonObject { ["name"] = "odd" },
            ["source"] = new JsonObject { ["kind"] = "range", ["start"] = 0, ["end"] = 1 },
        };
        var one = await _client.StartAsync(spec);
        var other = await _client.StartAsync(spec);
        Assert.StartsWith("key-", one.Id, StringComparison.Ordinal);
        Assert.NotEqual(one.Id, other.Id);
        Assert.Equal((await _client.StartAsync(spec, "nightly")).Id, (await _client.StartAsync(spec, "nightly")).Id);
    }

    [Fact]
    public async Task Change_Pause_Cancel()
    {
        await _client.StartAsync(Spec("gate", "gated", 100));
        var changed = await _client.ChangeAsync("gated", new RunChange(new Retune(Concurrency: 3, Rate: Rate.Parse("20/s"), Tolerate: new Tolerance(null, 5), Weight: 2), Paused: true));
        Assert.Equal((RunStatus.Paused, 3, "20/s"), (changed.Status, changed.Allotment.Concurrency, changed.Allotment.Rate.ToString()));
        Assert.Equal((new Tolerance(null, 5), 2.0), (changed.Control.Tolerate, changed.Control.Weight));

        var resumed = await _client.ChangeAsync("gated", new JsonObject { ["paused"] = false }, changed.ETag);
        Assert.False(resumed.Control.Paused);
        var old = await Assert.ThrowsAsync<RunException>(() => _client.ChangeAsync("gated", new JsonObject { ["weight"] = 3 }, changed.ETag));
        Assert.Contains("changed meanwhile", old.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<SpecException>(() => _client.ChangeAsync("gated", new JsonObject { ["concurrency"] = 0 }));
        Assert.Equal("/concurrency", Assert.Single(refused.Errors).Pointer);

        Assert.NotNull((await _client.CancelAsync("gated")).Control.Stop);
        var ended = await _client.WaitAsync("gated");
        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.False((await Assert.ThrowsAsync<RunException>(() => _client.CancelAsync("gated"))).IsMissing);
    }

    [Fact]
    public async Task Watch_TellsOfProgress_UntilTheEnd()
    {
        await _client.StartAsync(Spec("gate", "watched", 4));
        var seen = new List<RunView>();
        await foreach (var run in _client.WatchAsync("watched"))
        {
            seen.Add(run);
            if (run.Progress?.InFlight > 0)
                _open.TrySetResult();
        }

        Assert.True(seen.Count > 1);
        Assert.All(seen.SkipLast(1), run => Assert.False(run.IsOver));
        Assert.Equal(4, seen[^1].Report!.Tally.Succeeded);
    }

    [Fact]
    public async Task List_GoesOverPages()
    {
        foreach (var number in Enumerable.Range(1, 5))
            await _client.StartAsync(Spec("odd", $"run-{number}", 2));
        foreach (var number in Enumerable.Range(1, 5))
            await _client.WaitAsync($"run-{number}");

        var page = await _client.ListPageAsync(new RunQuery(Limit: 2));
        Assert.Equal((2, "run-4"), (page.Runs.Count, page.Next));
        Assert.Equal(["run-3", "run-2"], (await _client.ListPageAsync(new RunQuery(After: page.Next, Limit: 2))).Runs.Select(run => run.Id));
        var all = await _client.ListAsync([RunStatus.CompletedWithFailures, RunStatus.Failed]).ToListAsync();
        Assert.Equal(5, all.Count);
        Assert.Equal(("odd", "range", 2L, 1L, 1L), (all[0].Handler, all[0].Source, all[0].Total, all[0].Succeeded, all[0].Failed));
        Assert.Empty(await _client.ListAsync([RunStatus.Paused]).ToListAsync());
        var whole = await _client.ListViewsAsync(new RunQuery(Limit: 1));
        Assert.Equal(2, Assert.Single(whole.Runs).Report!.Tally.Settled);
    }

    [Fact]
    public async Task Plan_SaysWhatARunWouldDo()
    {
        var plan = await _client.PlanAsync(Spec("odd", id: null, 1_000) with { Flow = new FlowSpec { Concurrency = 8, Rate = Rate.Parse("10/s") } });
        Assert.Equal((1_000, 8, TimeSpan.FromSeconds(99.9)), (plan.Items, plan.Allotment.Concurrency, plan.MinimumByRate));
        Assert.Empty(await _client.ListAsync().ToListAsync());
        var refused = await Assert.ThrowsAsync<SpecException>(() => _client.PlanAsync(new JsonObject()));
        Assert.Equal(["/handler", "/source"], refused.Errors.Select(error => error.Pointer));
        var missing = new JsonObject
        {
            ["handler"] = new JsonObject { ["name"] = "odd" },
            ["source"] = new JsonObject { ["kind"] = "lines", ["path"] = "none.txt" },
        };
        await Assert.ThrowsAsync<SourceException>(() => _client.PlanAsync(missing));
    }

    [Fact]
    public async Task Limits_AreSetListedAndRemoved()
    {
        var set = await _client.SetLimitAsync(new LimitSpec("crm", 20, Rate.Parse("100/s"), 10));
        Assert.Equal(("crm", 20, "100/s", 10), (set.Name, set.Concurrency, set.Rate.ToString(), set.Burst));
        Assert.Null((await _client.SetLimitAsync(new LimitSpec("crm", 5, null, 1))).Burst);
        Assert.Equal(5, (await _client.GetLimitAsync("crm")).Concurrency);
        Assert.Equal("crm", Assert.Single(await _client.ListLimitsAsync()).Name);
        await _client.StartAsync(Spec("gate", "limited", 3) with { Flow = new FlowSpec { Limits = ["crm"] } });
        var needed = await Assert.ThrowsAsync<LimitException>(() => _client.RemoveLimitAsync("crm"));
        Assert.Equal(("crm", false), (needed.Limit, needed.IsMissing));
        _open.TrySetResult();
        await _client.WaitAsync("limited");
        await _client.RemoveLimitAsync("crm");
        Assert.True((await Assert.ThrowsAsync<LimitException>(() => _client.GetLimitAsync("crm"))).IsMissing);
        await Assert.ThrowsAsync<SpecException>(() => _client.SetLimitAsync(new LimitSpec("crm", null, null, 1)));
    }

    [Fact]
    public async Task Capabilities_Schema_Health()
    {
        var capabilities = await _client.GetCapabilitiesAsync();
        Assert.Equal(("1.2.3", "Embedded", false, true), (capabilities.Version, capabilities.Engine, capabilities.Events, capabilities.Exec));
        Assert.Contains("odd", capabilities.Handlers);
        Assert.Equal(SpecSchema.Text, await _client.GetSchemaAsync());
        Assert.Equal(("ok", "1.2.3"), ((await _client.GetHealthAsync()) is var health ? health.Status : "", health.Version));
    }

    [Fact]
    public async Task Key_IsNeededWhereTheServerWantsOne()
    {
        await using var locked = await ApiServer.StartAsync(key: "secret-key");
        using var stranger = locked.Connect("wrong-key");
        var refused = await Assert.ThrowsAsync<RemoteException>(() => stranger.StartAsync(Spec("odd", "x", 1)));
        Assert.Equal((int)HttpStatusCode.Unauthorized, refused.Status);
        Assert.Contains("a key with the role operate", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-key", refused.Message, StringComparison.Ordinal);
        using var friend = locked.Connect("secret-key");
        Assert.Empty(await friend.ListAsync().ToListAsync());
    }

    /// <summary>What is answered are the same types on both sides; what the client sends has fields of its own types.</summary>
    [Theory]
    [InlineData(typeof(Redrive), typeof(Api.Views.RedriveBody))]
    public void Views_HaveTheFieldsOfTheApis(Type own, Type api) => Assert.Equal(FieldsOf(api), FieldsOf(own));

    [Fact]
    public void EveryRoute_HasAMethod() =>
        Assert.Equal(17, ApiRoutes.All.Count); // A new one: give it a method here, and a test above.

    private static IEnumerable<string> FieldsOf(Type type) => type.GetProperties()
        .Where(property => property.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonIgnoreAttribute), inherit: true).Length == 0)
        .Select(property => property.Name).Order(StringComparer.Ordinal);

    private static RunSpec Spec(string handler, string? id, long items) => new()
    {
        Id = id,
        Handler = new HandlerSpec(handler, null),
        Source = new RangeSourceSpec { Start = 0, End = items },
    };
}
