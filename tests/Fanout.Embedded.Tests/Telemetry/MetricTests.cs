using Fanout.Conformance.Telemetry;
using Fanout.Embedded.Tests.Runs;
using Fanout.Handlers;
using Fanout.Telemetry;
using Xunit;

namespace Fanout.Embedded.Tests.Telemetry;

/// <summary>Metrics over the real engine. They are those of the process, so that no other test runs beside these, and each has a handler's name of its own.</summary>
[Collection(nameof(Alone))]
public sealed class MetricTests : IDisposable
{
    private readonly MeterReader _meter = new();

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Metrics_AddUpToTheReport()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("told mixed", (item, context, token) => (item % 4) switch
        {
            1 => throw new PermanentItemException("no"),
            2 when context.Attempt == 1 => throw new InvalidOperationException("not yet"),
            3 => WaitAsync(token),
            _ => ValueTask.FromResult(item),
        }));
        var report = await home.RunAsync("""
            { "id": "r", "handler": { "name": "told mixed" }, "source": { "kind": "range", "start": 0, "end": 40 }, "flow": { "concurrency": 16 },
              "failure": { "timeout": "500ms", "retry": { "maxAttempts": 2, "firstDelay": "1ms" } } }
            """);
        Assert.Equal((20L, 10L, 10L), (report.Tally.Succeeded, report.Tally.Failed, report.Tally.TimedOut));
        var items = Of("told mixed", _meter.Observe(MetricNames.Items)).ToDictionary(one => one.Tags[AttributeNames.Outcome], one => (long)one.Value);
        Assert.Equal(
            new Dictionary<string, long> { ["Succeeded"] = report.Tally.Succeeded, ["Failed"] = report.Tally.Failed, ["TimedOut"] = report.Tally.TimedOut, ["Cancelled"] = report.Tally.Cancelled },
            items);
        Assert.Equal(report.Tally.Attempts - report.Tally.Settled, Sum(_meter.Observe(MetricNames.Retries), "told mixed"));
        var attempts = Of("told mixed", _meter.Told(MetricNames.ItemDuration)).GroupBy(one => one.Tags[AttributeNames.Outcome]).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(report.Tally.Attempts, attempts.Values.Sum());
        Assert.Equal((20, 20, 20), (attempts["Succeeded"], attempts["Failed"], attempts["TimedOut"]));
        Assert.Equal(0, Sum(_meter.Observe(MetricNames.ItemsActive), "told mixed"));

        static async ValueTask<int> WaitAsync(CancellationToken token)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return 0;
        }
    }

    [Fact]
    public async Task EngineAndBatches_TellHowLongAndHowMuch()
    {
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("told quick", item => item));
        var report = await home.RunAsync("""{ "id": "r", "handler": { "name": "told quick" }, "source": { "kind": "range", "start": 0, "end": 10 } }""");
        Assert.Equal(10, report.Tally.Succeeded);
        Assert.NotEmpty(Of("told quick", _meter.Told(MetricNames.BatchDuration)));
        Assert.All(Of("told quick", _meter.Told(MetricNames.BatchDuration)), batch => Assert.Equal("RangeDone", batch.Tags[AttributeNames.BatchEnd]));
        var commits = _meter.Told(MetricNames.CommitDuration).Count;
        Assert.Equal(["branch", "run"], _meter.Told(MetricNames.CommitDuration).Select(one => one.Tags[AttributeNames.Orchestrator]).Distinct().Order());
        Assert.Equal(commits, _meter.Told(MetricNames.HistoryLength).Count);
        Assert.Equal(commits, _meter.Told(MetricNames.CommitSize).Count);
        Assert.All(_meter.Told(MetricNames.CommitSize), size => Assert.True(size.Value > 0));
        Assert.All(_meter.Told(MetricNames.HistoryLength), length => Assert.InRange(length.Value, 1, 1_000));
        // Group commit: no more transactions than pieces of work, and those of turns among them.
        Assert.True(_meter.Told(MetricNames.TransactionSize).Sum(size => size.Value) >= commits);
        Assert.Equal(_meter.Told(MetricNames.TransactionSize).Count, _meter.Told(MetricNames.TransactionDuration).Count);
        Assert.Equal("Succeeded", Assert.Single(_meter.Told(MetricNames.Runs)).Tags[AttributeNames.RunStatus]);
    }

    [Fact]
    public async Task RunUnderWay_TellsWhatIsInFlightAndWhatItWaitsFor()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("told gated", async (item, _, token) =>
        {
            await gate.Task.WaitAsync(token);
            return item;
        }));
        // Those of tests that kill their workers.
        var others = Runs();
        var id = await home.StartAsync("""
            { "id": "r", "handler": { "name": "told gated" }, "source": { "kind": "range", "start": 0, "end": 10 }, "flow": { "concurrency": 4, "rate": "1/d", "burst": 3 } }
            """);
        using var stop = new CancellationTokenSource();
        var driving = home.Fanout.Driver.DriveAsync(id, stop.Token, CancellationToken.None);
        await TestHome.UntilAsync(() => Places("told gated") is var places && places.GetValueOrDefault("handlers") == 3 && places.ContainsKey("rate"));
        Assert.Equal(3, Sum(_meter.Observe(MetricNames.ItemsActive), "told gated"));
        Assert.Equal(others + 1, Runs());
        Assert.Equal(4, Places("told gated").Values.Sum());
        gate.SetResult();
        await TestHome.UntilAsync(() => Sum(_meter.Observe(MetricNames.Items), "told gated") == 3);
        await stop.CancelAsync();
        await driving;
        // What is done stays counted, when the run is worked here no longer.
        Assert.Equal(3, Sum(_meter.Observe(MetricNames.Items), "told gated"));
        Assert.Empty(Places("told gated"));
        Assert.Equal(others, Runs());
    }

    private double Runs() => _meter.Observe(MetricNames.RunsActive).Sum(runs => runs.Value);

    private Dictionary<string, double> Places(string handler) =>
        Of(handler, _meter.Observe(MetricNames.Places)).ToDictionary(one => one.Tags[AttributeNames.WaitCause], one => one.Value);

    private static double Sum(IEnumerable<Measured> measured, string handler) => Of(handler, measured).Sum(one => one.Value);

    private static IEnumerable<Measured> Of(string handler, IEnumerable<Measured> measured) =>
        measured.Where(one => one.Tags[AttributeNames.HandlerName] == handler);
}
