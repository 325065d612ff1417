using System.Text.Json;
using Fanout.Handlers;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

public sealed class RunTests
{
    [Fact]
    public async Task EveryItemSucceeds_ReportSaysSoAndResultsHoldEachOnce()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("double", number => number * 2));
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "double" }, "source": { "kind": "range", "start": 0, "end": 5000 }, "results": { "reduce": "sum" } }""");

        Assert.Equal((RunStatus.Succeeded, CompletionReason.AllItemsSucceeded), (report.Status, report.Reason));
        Assert.Equal((5_000L, 5_000L, 0L), (report.Total, report.Tally.Succeeded, report.NotStarted));
        Assert.Equal("24995000", report.Reduced!.Value.GetRawText());
        var lines = await home.ResultsAsync("r");
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => (long)i), lines.Select(line => line.Index));
        Assert.All(lines, line => Assert.Equal(line.Index * 2, line.Output!.Value.GetInt64()));
    }

    [Fact]
    public async Task RunDrivenElsewhere_IsWaitedForUntilItHasItsReport()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("double", number => number * 2));
        await using var other = await TestHome.OpenAsync(directory: home.Path);
        var id = await home.StartAsync("""{ "handler": { "name": "double" }, "source": { "kind": "range", "start": 0, "end": 10 } }""");

        var waiting = other.Fanout.Driver.WaitAsync(id, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        var report = await home.Fanout.Driver.DriveAsync(id, CancellationToken.None, CancellationToken.None);

        Assert.Equal(report, await waiting);
    }

    [Fact]
    public async Task SomeItemsFail_TheRestGoesOnAndErrorsAreGrouped()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>(
            "odd", number => number % 2 == 1 ? number : throw new PermanentItemException($"{number} is even")));
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "odd" }, "source": { "kind": "range", "start": 0, "end": 100 } }""");
        Assert.Equal((RunStatus.CompletedWithFailures, CompletionReason.AllItemsSettled), (report.Status, report.Reason));
        Assert.Equal((50L, 50L), (report.Tally.Succeeded, report.Tally.Failed));
        var group = Assert.Single(report.Tally.Errors);
        Assert.Equal(("PermanentItemException", 50L, 0L), (group.Type, group.Count, group.ExampleIndex));
    }

    [Fact]
    public async Task MalformedItems_FailAloneAndNameTheirLine()
    {
        await using var home = await TestHome.OpenAsync();
        var path = home.File("in.jsonl", """{"a":1}""", """{"a":""", "", """{"a":3}""");
        var report = await home.RunAsync($$"""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "jsonl", "path": {{JsonSerializer.Serialize(path)}} } }""");
        Assert.Equal((2L, 1L), (report.Tally.Succeeded, report.Tally.Failed));
        var failed = (await home.ResultsAsync("r"))[1];
        Assert.Equal("MalformedItem", failed.Error!.Type);
        Assert.Contains("Line 2", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmptySource_Succeeds()
    {
        await using var home = await TestHome.OpenAsync();
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "inline", "items": [] } }""");
        Assert.Equal((RunStatus.Succeeded, 0L), (report.Status, report.Total));
    }

    [Fact]
    public async Task HandlerThatCannotBeMade_FailsTheRunAndSaysWhy()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<NeedsAMissingService>("needy"));
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "needy" }, "source": { "kind": "range", "start": 0, "end": 10 }, "results": { "reduce": "count" } }""");
        Assert.Equal((RunStatus.Failed, CompletionReason.InternalFailure), (report.Status, report.Reason));
        Assert.Contains("'needy' could not be made", report.Message, StringComparison.Ordinal);
        Assert.Contains("IFormatProvider", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameIdAndSpec_StartsNothingNewAndGivesTheReport()
    {
        var calls = 0;
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("count", _ => Interlocked.Increment(ref calls)));
        const string Spec = """{ "id": "r", "handler": { "name": "count" }, "source": { "kind": "range", "start": 0, "end": 10 } }""";
        var first = await home.RunAsync(Spec);
        Assert.False((await home.Fanout.Client.StartAsync(home.Read(Spec), CancellationToken.None)).Created);
        var second = await home.RunAsync(Spec);
        Assert.Equal((10, first.EndedAt), (calls, second.EndedAt));
    }

    [Fact]
    public async Task SameIdAndAnotherSpec_IsRefused()
    {
        await using var home = await TestHome.OpenAsync();
        await home.RunAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 10 } }""");
        var refused = await Assert.ThrowsAsync<RunException>(() => home.StartAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 11 } }"""));
        Assert.Contains("another spec", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingSource_IsRefusedBeforeAnythingStarts()
    {
        await using var home = await TestHome.OpenAsync();
        await Assert.ThrowsAsync<SourceException>(() => home.StartAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "lines", "path": "/no/such/file" } }"""));
        Assert.Empty(await home.Fanout.Client.ListAsync(new RunQuery(), CancellationToken.None));
    }

    [Fact]
    public async Task SourceThatChangedSinceTheRunBegan_IsRefusedOnResume()
    {
        using var started = new SemaphoreSlim(0);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<string, int>("wait", async (_, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return 0;
        }), grace: TimeSpan.Zero);
        var path = home.File("in.txt", "a", "b");
        var id = await home.StartAsync($$"""{ "id": "r", "handler": { "name": "wait" }, "source": { "kind": "lines", "path": {{JsonSerializer.Serialize(path)}} } }""");
        using var stop = new CancellationTokenSource();
        var driving = home.Fanout.Driver.DriveAsync(id, stop.Token, CancellationToken.None);
        await started.WaitAsync();
        await stop.CancelAsync();
        Assert.Null(await driving);

        home.File("in.txt", "a", "b", "c");
        var refused = await Assert.ThrowsAsync<SourceException>(() => home.Fanout.Driver.DriveAsync(id, CancellationToken.None, CancellationToken.None));
        Assert.Contains("in.txt", refused.Message, StringComparison.Ordinal);
        Assert.Null((await home.Fanout.Client.GetAsync(id, CancellationToken.None)).Report);
    }

    [Fact]
    public async Task Deadline_EndsTheRunAndCountsWhatWasNeverStarted()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var started = new SemaphoreSlim(0);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("wait", async (number, token) =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
            return number;
        }), time: time);
        var run = home.RunAsync("""{ "id": "r", "handler": { "name": "wait" }, "source": { "kind": "range", "start": 0, "end": 100 }, "flow": { "concurrency": 4 }, "batch": { "slice": "5m" }, "failure": { "deadline": "3s" } }""");
        for (var item = 0; item < 4; item++)
            await started.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(3));
        var report = await run;
        Assert.Equal((RunStatus.TimedOut, CompletionReason.DeadlineReached), (report.Status, report.Reason));
        Assert.Equal((4L, 96L), (report.Tally.Cancelled, report.NotStarted));
    }

    [Fact]
    public async Task ToleranceExceeded_FailsTheRun()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("fail", _ => throw new PermanentItemException("no")));
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "fail" }, "source": { "kind": "range", "start": 0, "end": 10000 }, "flow": { "concurrency": 2 }, "failure": { "tolerate": { "percent": 1 } } }""");
        Assert.Equal((RunStatus.Failed, CompletionReason.ToleranceExceeded), (report.Status, report.Reason));
        Assert.InRange(report.Tally.Failed, 101, 105);
        Assert.Equal(10_000 - report.Tally.Settled, report.NotStarted);
    }

    [Fact]
    public async Task Redrive_TakesWhatDidNotSucceedUnderItsFirstIdempotencyKeys()
    {
        var keys = new List<string>();
        var healed = false;
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<string, string>("flaky", (text, context, _) =>
        {
            lock (keys)
                keys.Add(context.IdempotencyKey);
            return healed || text != "bad" ? ValueTask.FromResult(text) : throw new PermanentItemException("not yet");
        }));
        var path = home.File("in.txt", "good", "bad", "good", "bad");
        await home.RunAsync($$"""{ "id": "first", "handler": { "name": "flaky" }, "source": { "kind": "lines", "path": {{JsonSerializer.Serialize(path)}} } }""");
        keys.Clear();
        healed = true;
        var report = await home.RunAsync("""{ "id": "second", "handler": { "name": "flaky" }, "source": { "kind": "redrive", "run": "first" } }""");
        Assert.Equal((2L, RunStatus.Succeeded), (report.Total, report.Status));
        Assert.Equal(["first/1", "first/3"], keys.Order(StringComparer.Ordinal));
        Assert.Equal(["first/1", "first/3"], (await home.ResultsAsync("second")).Select(line => line.Key));
    }

    [Fact]
    public async Task Purge_LeavesNothingOfTheRun()
    {
        await using var home = await TestHome.OpenAsync();
        await home.RunAsync("""{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 10 } }""");
        await home.Fanout.Client.PurgeAsync("r", CancellationToken.None);
        Assert.Empty(await home.Fanout.Client.ListAsync(new RunQuery(), CancellationToken.None));
        Assert.False(Directory.Exists(Path.Combine(home.Path, "results", "r")));
        await Assert.ThrowsAsync<RunException>(() => home.ResultsAsync("r"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunThatIsPurgedWhileItsResultsAreRead_IsSaidToHaveNone(bool startsAnew)
    {
        await using var home = await TestHome.OpenAsync();
        const string Spec = """{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 100 }, "batch": { "branches": 4, "lanes": 4 } }""";
        await home.RunAsync(Spec);
        Assert.InRange(Directory.GetFiles(Path.Combine(home.Path, "results", "r"), "*.jsonl", SearchOption.AllDirectories).Length, 2, int.MaxValue);
        await using var lines = home.Fanout.Client.ReadResultLinesAsync("r", new ResultQuery(), CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await lines.MoveNextAsync());
        await home.Fanout.Client.PurgeAsync("r", CancellationToken.None);
        if (startsAnew)
            await home.RunAsync(Spec.Replace("100", "1", StringComparison.Ordinal));

        var gone = await Assert.ThrowsAsync<RunException>(async () =>
        {
            while (await lines.MoveNextAsync())
            {
            }
        });
        Assert.True(gone.IsMissing);
    }

    [Fact]
    public async Task LimitOrQueueThatIsNotThere_IsRefused()
    {
        await using var home = await TestHome.OpenAsync();
        var refused = await Assert.ThrowsAsync<SpecException>(() => home.StartAsync("""{ "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 1 }, "flow": { "limits": ["crm-api"] }, "batch": { "dispatch": "queue" } }"""));
        Assert.Equal(["/flow/limits/0", "/batch/dispatch"], refused.Errors.Select(error => error.Pointer));
    }

    private sealed class NeedsAMissingService(IFormatProvider missing) : IItemHandler<int, string>
    {
        public ValueTask<string> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult(item.ToString(missing));
    }
}
