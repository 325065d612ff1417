using System.Diagnostics;
using System.Reflection;
using Fanout.Conformance.Telemetry;
using Fanout.Embedded.Tests.Runs;
using Fanout.Handlers;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fanout.Embedded.Tests.Telemetry;

/// <summary>What telemetry costs an item: allocations of the whole process, so that no other test runs beside these.</summary>
[Collection(nameof(Alone))]
public sealed class CostTests
{
    // Code that is not optimized has the state of an asynchronous method in an object.
    private const int StateBytes = 112;

    // One more object an item would be 24 bytes at least.
    private const int Slack = 12;

    private const int Few = 20_000;
    private const int Many = 220_000;

    [Fact]
    public async Task ItemsNobodyListensTo_AllocateTheirContextAndNothingElse()
    {
        await using var home = await TestHome.OpenAsync();
        Assert.InRange(await BytesPerItemAsync(home, "silent"), 0, Most());
    }

    [Fact]
    public async Task ItemsThatAreMeasured_AllocateNoMore()
    {
        await using var home = await TestHome.OpenAsync();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == FanoutTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        var measured = 0L;
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured += instrument.Name == MetricNames.ItemDuration ? 1 : 0);
        listener.Start();
        Assert.InRange(await BytesPerItemAsync(home, "measured"), 0, Most());
        Assert.True(measured >= Many);
    }

    [Fact]
    public async Task ItemsThatAreTraced_AllocateNoMoreButForTheSample()
    {
        await using var home = await TestHome.OpenAsync();
        using var spans = new SpanRecorder();
        Assert.InRange(await BytesPerItemAsync(home, "traced"), 0, Most());
        // The first of them take what a second has of samples.
        Assert.NotEmpty(spans.Of(SpanNames.Item, "traced-0"));
    }

    private static long Most()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var context = new ItemContext("r", default, 1, NullLogger.Instance);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(context);
        var isOptimized = typeof(ItemContext).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };
        return bytes + Slack + (isOptimized ? 0 : StateBytes);
    }

    // Of what a run allocates, whatever its length, nothing is left in the difference of two lengths.
    private static async Task<double> BytesPerItemAsync(TestHome home, string name)
    {
        await RunAsync(home, $"{name}-0", Few);
        var few = await RunAsync(home, $"{name}-1", Few);
        var many = await RunAsync(home, $"{name}-2", Many);
        return (double)(many - few) / (Many - Few);
    }

    private static async Task<long> RunAsync(TestHome home, string id, int items)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var report = await home.RunAsync($$"""
            { "id": "{{id}}", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": {{items}} }, "results": { "keep": "none" } }
            """);
        Assert.Equal(items, report.Tally.Succeeded);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
