using Fanout.Dispatch;
using Fanout.Flow;
using Fanout.Runs;
using Fanout.Tests.Specs;
using Fanout.Views;
using Xunit;

namespace Fanout.Tests.Views;

/// <summary>What the API and its clients show of runs and limits.</summary>
public sealed class ViewsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly RunRecord Running = new()
    {
        Id = "a b",
        SpecJson = """{"handler":{"name":"http"},"source":{"kind":"jsonl","path":"x"},"flow":{"concurrency":8,"rate":"5/s","burst":2}}""",
        CreatedAt = Start,
        StartedAt = Start.AddSeconds(1),
        DrivenBy = "host:1",
        Control = new RunControl(3, Concurrency: 2),
        Progress = new RunProgress { Total = 10, Succeeded = 3, Failed = 1, TimedOut = 1, Cancelled = 0, InFlight = 2, ItemsPerSecond = 4 },
    };

    private static readonly RunReport Report = new()
    {
        RunId = "a b",
        Status = RunStatus.CompletedWithFailures,
        Reason = CompletionReason.AllItemsSettled,
        Total = 10,
        Tally = new Tally { Succeeded = 7, Failed = 2, TimedOut = 1 },
        StartedAt = Start.AddSeconds(1),
        EndedAt = Start.AddSeconds(6),
    };

    [Fact]
    public void RunUnderWay_IsSummedUpFromItsLiveNumbers()
    {
        var summary = RunSummary.Of(Running with { Control = new RunControl(4, Paused: true, Stop: CompletionReason.CancelledByRequest) });
        Assert.Equal(("a b", "http", "jsonl", "host:1"), (summary.Id, summary.Handler, summary.Source, summary.DrivenBy));
        Assert.Equal((10L, 5L, 3L, 1L, 1L, 0L), (summary.Total!.Value, summary.Settled, summary.Succeeded, summary.Failed, summary.TimedOut, summary.Cancelled));
        Assert.Equal((2, 4.0, true, true, null), (summary.InFlight, summary.ItemsPerSecond, summary.Paused, summary.Stopping, summary.Reason));
    }

    [Fact]
    public void RunThatHasEnded_IsSummedUpFromItsReport_WhateverItsLiveNumbersWere()
    {
        var summary = RunSummary.Of(Running with { Report = Report, EndedAt = Report.EndedAt, Control = new RunControl(4, Stop: CompletionReason.DeadlineReached) });
        Assert.Equal((10L, 7L, 2L, 1L), (summary.Settled, summary.Succeeded, summary.Failed, summary.TimedOut));
        Assert.Equal((0, 2.0, false, CompletionReason.AllItemsSettled), (summary.InFlight, summary.ItemsPerSecond, summary.Stopping, summary.Reason!.Value));
        Assert.Equal(0, RunSummary.Of(Running with { Report = Report with { EndedAt = Report.StartedAt } }).ItemsPerSecond);
    }

    [Fact]
    public void RunThatHasNotBegun_HasNoNumbers()
    {
        var summary = RunSummary.Of(Running with { StartedAt = null, Progress = null });
        Assert.Equal((RunStatus.Pending, null, 0L, 0), (summary.Status, summary.Total, summary.Settled, summary.InFlight));
    }

    [Fact]
    public void WholeRun_SaysWhatItMayUseNowAndWhereElseToLook()
    {
        var view = RunView.Of(Running, "/results", withEvents: false);
        Assert.Equal((2, new Rate(5, TimeSpan.FromSeconds(1)), 2), (view.Allotment.Concurrency, view.Allotment.Rate, view.Allotment.Burst));
        Assert.Equal(new RunLinks("/api/runs/a%20b", "/api/runs/a%20b/results", "/api/runs/a%20b/tree", "/api/runs/a%20b/cancel", "/api/runs/a%20b/redrive", null), view.Links);
        Assert.Equal("/api/runs/a%20b/events", RunView.Of(Running, "/results", withEvents: true).Links!.Events);
        Assert.Equal("jsonl", view.Spec!.Value.GetProperty("source").GetProperty("kind").GetString());
        Assert.False(view.IsOver);
    }

    [Fact]
    public void RunIsOver_WhenItsEndIsAnnouncedToo()
    {
        var ended = RunView.Of(Running with { Report = Report }, "/results", withEvents: false);
        Assert.True(ended.IsOver);
        Assert.False((ended with { Announcement = RunAnnouncement.Pending }).IsOver);
    }

    [Fact]
    public void RunThatIsOver_IsDrivenByNobody_ThoughItsProcessHasNotLetGoOfItYet()
    {
        var ended = Running with { Report = Report };
        Assert.Equal("host:1", RunView.Of(Running, "/results", withEvents: false).DrivenBy);
        Assert.Equal("host:1", RunView.Of(ended with { Announcement = RunAnnouncement.Pending }, "/results", withEvents: false).DrivenBy);
        Assert.Null(RunView.Of(ended, "/results", withEvents: false).DrivenBy);
    }

    [Fact]
    public void Limit_AddsUpWhatARunHasInAllProcesses()
    {
        var ledger = new LimitLedger(new LimitSpec("crm-api", 10, null, 1))
        {
            Holdings =
            [
                new LimitHolding("p", Start, 4, 0, [new LimitRunShare("b", 2, 5, 3), new LimitRunShare("a", 1, 1, 1)]),
                new LimitHolding("q", Start, 2, 0, [new LimitRunShare("b", 2, 7, 2)]),
            ],
        };
        var view = LimitView.Of(ledger);
        Assert.Equal((13L, 6L, null, null), (view.Wanted, view.Granted, view.Rate, view.Burst));
        Assert.Equal([new LimitRunView("a", 1, 1, 1), new LimitRunView("b", 2, 12, 5)], view.Runs);
        Assert.Equal(7, LimitView.Of(new LimitLedger(new LimitSpec("x", null, new Rate(1, TimeSpan.FromSeconds(1)), 7))).Burst);
    }

    [Fact]
    public void Capabilities_LeaveOutWhatRequestsMayNotAskFor()
    {
        var closed = Capabilities.Of(SpecSamples.Registry, "Embedded", new RequestRules());
        var open = Capabilities.Of(SpecSamples.Registry, "Embedded", new RequestRules { AllowExec = true, AllowLocalFiles = true });
        Assert.DoesNotContain("exec", closed.Handlers);
        Assert.Contains("exec", open.Handlers);
        Assert.Equal((false, false, true, true), (closed.Exec, closed.LocalFiles, open.Exec, open.LocalFiles));
        Assert.Equal(open.Handlers.Order(StringComparer.Ordinal), open.Handlers);
        Assert.Contains("csv", closed.Sources);
        Assert.DoesNotContain("+", closed.Version, StringComparison.Ordinal);
    }
}
