using System.Diagnostics;
using Fanout.Azure.Tests.Processes;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Telemetry;
using Fanout.Telemetry;
using Xunit;

namespace Fanout.Azure.Tests.Telemetry;

[Trait("Category", Categories.Azurite)]
public sealed class QueueTraceTests
{
    [Fact]
    public async Task Trace_GoesFromTheStartThroughTheQueueToTheHandler()
    {
        using var spans = new SpanRecorder();
        using var wire = new FaultyTransport();
        ActivityContext start;
        RunReport report;
        using (var caller = spans.Source.StartActivity("caller"))
        {
            start = caller!.Context;
            await using var process = await OneProcess.StartAsync(
                wire,
                """{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": 20 }, "batch": { "dispatch": "queue" } }""",
                (item, _) =>
                {
                    using var call = spans.Source.StartActivity("call");
                    return Task.FromResult(item);
                });
            report = await process.EndAsync();
        }

        Assert.Equal(20, report.Tally.Succeeded);
        var run = Assert.Single(spans.All, span => span.OperationName == SpanNames.Run && span.TraceId == start.TraceId);
        Assert.Equal(start.SpanId, run.ParentSpanId);
        var branch = Assert.Single(spans.Below(run), span => span.OperationName == SpanNames.Branch);
        var batches = spans.Below(branch).Where(span => span.OperationName == SpanNames.Batch).ToList();
        Assert.NotEmpty(batches);
        Assert.All(batches, batch => Assert.Equal(ActivityKind.Consumer, batch.Kind));
        var handlers = batches.SelectMany(spans.Below).SelectMany(spans.Below).Where(span => span.OperationName == SpanNames.Handler).ToList();
        Assert.NotEmpty(handlers);
        Assert.Contains(handlers, handler => spans.Below(handler).Any(call => call.OperationName == "call"));
    }
}
