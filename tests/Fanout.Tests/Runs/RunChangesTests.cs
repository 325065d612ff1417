using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Runs;

/// <summary>What may become of a run's record: what came first stays.</summary>
public sealed class RunChangesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly RunRecord Run = new() { Id = "a", SpecJson = "{}", CreatedAt = Start, Progress = new RunProgress { Succeeded = 3, WaitingFor = "rate", Waits = [new WaitShare("rate", 100)] } };

    private static readonly RunReport Report = new() { RunId = "a", Status = RunStatus.Succeeded, Reason = CompletionReason.AllItemsSucceeded, Tally = Tally.Zero, EndedAt = Start.AddSeconds(9) };

    [Fact]
    public void Control_GetsANewVersionWithEachChange_AndNoneAfterTheEnd()
    {
        var paused = RunChanges.WithControl(Run, control => control with { Paused = true })!;
        Assert.Equal(new RunControl(1, Paused: true), paused.Control);
        Assert.Same(paused, RunChanges.WithControl(paused, control => control));
        Assert.Null(RunChanges.WithControl(paused with { Report = Report }, control => control with { Paused = false }));
    }

    [Fact]
    public void Start_IsTheEarliest()
    {
        var started = RunChanges.Started(Run, Start)!;
        Assert.Equal(Start, started.StartedAt);
        Assert.Null(RunChanges.Started(started, Start.AddSeconds(1)));
        Assert.Equal(Start.AddSeconds(-1), RunChanges.Started(started, Start.AddSeconds(-1))!.StartedAt);
    }

    [Fact]
    public void FirstReport_StaysAndWhatHasEndedWaitsForNothing()
    {
        var ended = RunChanges.Completed(Run, Report)!;
        Assert.Equal((Report.EndedAt, 3L, null, 0), (ended.EndedAt!.Value, ended.Progress!.Succeeded, ended.Progress.WaitingFor, ended.Progress.Waits.Count));
        Assert.Null(RunChanges.Completed(ended, Report with { Status = RunStatus.Failed }));
        Assert.Null(RunChanges.Completed(Run with { Progress = null }, Report)!.Progress);
    }

    [Fact]
    public void WhatBecameOfAnnouncing_IsSettledOnce()
    {
        Assert.Null(RunChanges.Announced(Run, new RunAnnouncement(AnnouncementStatus.Announced)));
        var announced = RunChanges.Announced(Run with { Announcement = RunAnnouncement.Pending }, new RunAnnouncement(AnnouncementStatus.Announced))!;
        Assert.Equal(AnnouncementStatus.Announced, announced.Announcement!.Status);
        Assert.Null(RunChanges.Announced(announced, RunAnnouncement.Pending));
    }
}
