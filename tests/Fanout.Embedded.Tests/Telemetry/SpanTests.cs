using System.Diagnostics;
using Fanout.Conformance.Telemetry;
using Fanout.Embedded.Tests.Dispatch;
using Fanout.Embedded.Tests.Runs;
using Fanout.Handlers;
using Fanout.Telemetry;
using Xunit;

namespace Fanout.Embedded.Tests.Telemetry;

/// <summary>Spans over the real engine. Whoever listens hears every run of the process, so that no other test runs beside these.</summary>
[Collection(nameof(Alone))]
public sealed class SpanTests : IDisposable
{
    private readonly SpanRecorder _spans = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ItemSampling.Variable, null);
        _spans.Dispose();
    }

    [Fact]
    public async Task Run_IsATreeOfSpansBelowWhoeverStartedIt()
    {
        Environment.SetEnvironmentVariable(ItemSampling.Variable, "all");
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("call", (item, _, _) =>
        {
            using var call = _spans.Source.StartActivity("call");
            return ValueTask.FromResult(item);
        }));
        ActivityContext start;
        string id;
        using (var caller = _spans.Source.StartActivity("caller"))
        {
            start = caller!.Context;
            id = await home.StartAsync(Spec("tree", "call", 3, """ "lanes": 1 """));
        }

        // By another caller, as a server does: the run stays in the trace of whoever started it.
        await DriveAsync(home, id);
        var run = Assert.Single(_spans.Of(SpanNames.Run, id));
        Assert.Equal((start.TraceId, start.SpanId), (run.TraceId, run.ParentSpanId));
        Assert.Equal("Succeeded", run.GetTagItem(AttributeNames.RunStatus));
        Assert.Equal(3L, run.GetTagItem(AttributeNames.ItemsSucceeded));
        var branch = Assert.Single(_spans.Below(run), span => span.OperationName == SpanNames.Branch);
        Assert.Equal(3L, branch.GetTagItem(AttributeNames.ItemsSucceeded));
        var batches = _spans.Below(branch).Where(span => span.OperationName == SpanNames.Batch).ToList();
        Assert.Equal(3L, batches.Sum(batch => (long?)batch.GetTagItem(AttributeNames.ItemsSucceeded) ?? 0));
        var items = batches.SelectMany(_spans.Below).ToList();
        Assert.Equal([0L, 1L, 2L], items.Select(item => (long)item.GetTagItem(AttributeNames.ItemIndex)!).Order());
        Assert.All(items, item =>
        {
            Assert.Equal(SpanNames.Item, item.OperationName);
            Assert.Equal("Succeeded", item.GetTagItem(AttributeNames.Outcome));
            var handler = Assert.Single(_spans.Below(item));
            Assert.Equal((SpanNames.Handler, "call"), (handler.OperationName, handler.GetTagItem(AttributeNames.HandlerName)));
            Assert.Equal("call", Assert.Single(_spans.Below(handler)).OperationName);
        });
        Assert.All(_spans.Of(SpanNames.Commit, id), commit => Assert.True(commit.ParentSpanId == run.SpanId || commit.ParentSpanId == branch.SpanId));
        Assert.NotEmpty(_spans.Of(SpanNames.Commit, id));
    }

    [Fact]
    public async Task WhatFails_IsSaidInItsSpans()
    {
        Environment.SetEnvironmentVariable(ItemSampling.Variable, "all");
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("fail", _ => throw new PermanentItemException("no")));
        await DriveAsync(home, await home.StartAsync(Spec("failing", "fail", 1)));
        var item = Assert.Single(_spans.Of(SpanNames.Item, "failing"));
        Assert.Equal((ActivityStatusCode.Error, "Failed"), (item.Status, item.GetTagItem(AttributeNames.Outcome)));
        Assert.NotNull(item.GetTagItem(AttributeNames.ErrorType));
        var handler = Assert.Single(_spans.Below(item));
        Assert.Equal((ActivityStatusCode.Error, typeof(PermanentItemException).FullName), (handler.Status, handler.GetTagItem(AttributeNames.ErrorType)));
        Assert.Contains(handler.Events, happened => happened.Name == "exception");
        // That items fail is a run's ordinary end.
        Assert.Equal(ActivityStatusCode.Unset, Assert.Single(_spans.Of(SpanNames.Run, "failing")).Status);
    }

    [Fact]
    public async Task ItemsOutsideTheSample_AreInTheTraceAndNotRecorded()
    {
        Environment.SetEnvironmentVariable(ItemSampling.Variable, "1/d");
        var places = new System.Collections.Concurrent.ConcurrentBag<(ActivityTraceId?, bool?)>();
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("look", item =>
        {
            using var call = _spans.Source.StartActivity("call");
            places.Add((Activity.Current?.TraceId, Activity.Current?.Recorded));
            return item;
        }));
        await DriveAsync(home, await home.StartAsync(Spec("sampled", "look", 100)));
        var run = Assert.Single(_spans.Of(SpanNames.Run, "sampled"));
        Assert.Single(_spans.Of(SpanNames.Item, "sampled"));
        Assert.Equal(100, places.Count);
        Assert.All(places, place => Assert.Equal(run.TraceId, place.Item1));
        Assert.Single(places, place => place.Item2 == true);
        Assert.Single(_spans.All, span => span.OperationName == "call");
    }

    [Fact]
    public async Task BatchByQueue_BelongsToItsBranch()
    {
        await using var home = await QueueHome.OpenAsync();
        home.AddWorker(number => number);
        using var meter = new MeterReader();
        ActivityTraceId trace;
        using (var caller = _spans.Source.StartActivity("caller"))
        {
            trace = caller!.TraceId;
            await home.Home.RunAsync(QueueHome.Spec(20, """ "concurrency": 2 """));
        }

        var branch = _spans.Of(SpanNames.Branch, "r")[0];
        var batches = _spans.Below(branch).Where(span => span.OperationName == SpanNames.Batch).ToList();
        Assert.NotEmpty(batches);
        Assert.All(batches, batch => Assert.Equal((ActivityKind.Consumer, trace), (batch.Kind, batch.TraceId)));
        var handler = _spans.All.First(span => span.OperationName == SpanNames.Handler);
        Assert.Equal(trace, handler.TraceId);
        Assert.Contains(batches, batch => _spans.Below(batch).Any(item => item.SpanId == handler.ParentSpanId));
        Assert.NotEmpty(meter.Told(MetricNames.QueueAge));
        Assert.All(meter.Told(MetricNames.QueueAge), age => Assert.InRange(age.Value, 0, 60));
    }

    [Fact]
    public async Task RunThatIsGoneOnWith_StaysInItsTrace()
    {
        var directory = Directory.CreateTempSubdirectory("fanout-home-").FullName;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ActivityContext start;
        await using (var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("late", WaitAsync), directory, TimeSpan.Zero))
        {
            using var caller = _spans.Source.StartActivity("caller");
            start = caller!.Context;
            await home.StartAsync(Spec("later", "late", 1));
            await entered.Task;
        }

        await using (var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("late", item => item), directory))
        {
            using var other = _spans.Source.StartActivity("other");
            await DriveAsync(home, "later");
            var runs = _spans.Of(SpanNames.Run, "later");
            Assert.Equal(2, runs.Count);
            Assert.All(runs, run => Assert.Equal((start.TraceId, start.SpanId), (run.TraceId, run.ParentSpanId)));
            // Whoever goes on with it is found from there.
            Assert.Equal(other!.SpanId, Assert.Single(runs[1].Links).Context.SpanId);
            Assert.Null(runs[0].GetTagItem(AttributeNames.RunStatus));
            Assert.Equal("Succeeded", runs[1].GetTagItem(AttributeNames.RunStatus));
        }

        Directory.Delete(directory, recursive: true);

        async Task<int> WaitAsync(int item, CancellationToken token)
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return item;
        }
    }

    private static Task<RunReport?> DriveAsync(TestHome home, string id) => home.Fanout.Driver.DriveAsync(id, CancellationToken.None, CancellationToken.None);

    private static string Spec(string id, string handler, int items, string batch = "") => $$"""
        { "id": "{{id}}", "handler": { "name": "{{handler}}" }, "source": { "kind": "range", "start": 0, "end": {{items}} }, "batch": { {{batch}} } }
        """;
}
