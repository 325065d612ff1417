using System.Text.Json;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Conformance.Catalog;

/// <summary>What every catalog promises.</summary>
public abstract partial class RunCatalogContract
{
    /// <summary>What the clock says when a test begins.</summary>
    protected static DateTimeOffset Now { get; } = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    /// <summary>The catalog's clock.</summary>
    protected FakeTimeProvider Time { get; } = new(Now);

    /// <summary>The catalog, empty when a test begins.</summary>
    protected abstract IRunCatalog Catalog { get; }

    /// <summary>A process begins to drive the run; it does not renew what it holds. Its name, as leases name it.</summary>
    protected abstract Task<string> DriveAsync(string runId);

    [Fact]
    public async Task AddedRun_ComesBackAsItWas()
    {
        var run = Run("a") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Announcement = new RunAnnouncement(AnnouncementStatus.Pending, "later"), Control = new RunControl(Paused: true, Rate: new Rate(5, TimeSpan.FromSeconds(1)), Tolerate: new Tolerance(3, 2.5)) };

        Assert.True(await Catalog.TryAddAsync(run, default));

        Assert.Equal(run, await Catalog.GetAsync("a", default));
        Assert.Equal(run.Control, await Catalog.GetControlAsync("a", default));
    }

    [Fact]
    public async Task AddingAnExistingId_DoesNothingAndSaysSo()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        Assert.False(await Catalog.TryAddAsync(Run("a") with { SpecJson = "{}" }, default));

        Assert.Equal(Run("a").SpecJson, (await Catalog.GetAsync("a", default))!.SpecJson);
    }

    [Fact]
    public async Task UnknownRun_IsNull()
    {
        Assert.Null(await Catalog.GetAsync("a", default));
        Assert.Null(await Catalog.GetControlAsync("a", default));
        Assert.Null(await Catalog.UpdateControlAsync("a", control => control with { Paused = true }, default));
        await Catalog.SetStartedAsync("a", Now, default);
        await Catalog.SetProgressAsync("a", "", new RunProgress(), default);
        await Catalog.CompleteAsync("a", Report("a"), default);
        await Catalog.SetAnnouncementAsync("a", RunAnnouncement.Pending, default);
        await Catalog.DeleteAsync("a", default);
    }

    [Fact]
    public async Task ControlChange_GrowsTheVersion()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        var paused = await Catalog.UpdateControlAsync("a", control => control with { Paused = true }, default);
        var same = await Catalog.UpdateControlAsync("a", control => control, default);

        Assert.Equal(new RunControl(1, Paused: true), paused);
        Assert.Equal(paused, same);
        Assert.Equal(RunStatus.Paused, (await Catalog.GetAsync("a", default))!.Status);
    }

    [Fact]
    public async Task ControlChangesAtOnce_AreAllApplied()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Catalog.UpdateControlAsync(
            "a", control => control with { Concurrency = (control.Concurrency ?? 0) + 1 }, default))));

        Assert.Equal(new RunControl(50, Concurrency: 50), await Catalog.GetControlAsync("a", default));
    }

    [Fact]
    public async Task ControlChangeThatThrows_ChangesNothing()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        await Assert.ThrowsAsync<FormatException>(() => Catalog.UpdateControlAsync("a", _ => throw new FormatException(), default));

        Assert.Equal(RunControl.Initial, await Catalog.GetControlAsync("a", default));
    }

    [Fact]
    public async Task Started_KeepsTheEarliestTime()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        await Catalog.SetStartedAsync("a", Now.AddSeconds(2), default);
        await Catalog.SetStartedAsync("a", Now.AddSeconds(1), default);
        await Catalog.SetStartedAsync("a", Now.AddSeconds(3), default);

        var run = await Catalog.GetAsync("a", default);
        Assert.Equal((Now.AddSeconds(1), RunStatus.Running), (run!.StartedAt, run.Status));
    }

    [Fact]
    public async Task Completed_IsFinal()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        await Catalog.CompleteAsync("a", Report("a"), default);
        await Catalog.CompleteAsync("a", Report("a") with { Status = RunStatus.Failed }, default);
        await Catalog.SetProgressAsync("a", "", new RunProgress(), default);

        var run = (await Catalog.GetAsync("a", default))!;
        Assert.Equal((RunStatus.CompletedWithFailures, Now.AddMinutes(1)), (run.Status, run.EndedAt!.Value));
        Assert.Null(run.Progress);
        Assert.Equivalent(Report("a") with { Reduced = null }, run.Report! with { Reduced = null }, strict: true);
        Assert.Equal("{\"sum\":3}", run.Report.Reduced!.Value.GetRawText());
        Assert.Null(await Catalog.UpdateControlAsync("a", control => control with { Paused = true }, default));
    }

    [Fact]
    public async Task Announcement_IsReplacedUntilItIsSettled_WhateverElseChanges()
    {
        var failed = RunAnnouncement.Pending with { Message = "https://x answered 503" };
        var settled = new RunAnnouncement(AnnouncementStatus.Announced);
        await Catalog.TryAddAsync(Run("a") with { Announcement = RunAnnouncement.Pending }, default);
        Assert.False((await Catalog.GetAsync("a", default))!.AwaitsAnnouncement);

        await Catalog.CompleteAsync("a", Report("a"), default);
        Assert.True((await Catalog.GetAsync("a", default))!.AwaitsAnnouncement);
        await Catalog.SetAnnouncementAsync("a", failed, default);
        Assert.Equal((failed, false), ((await Catalog.GetAsync("a", default))!.Announcement, (await Catalog.GetAsync("a", default))!.IsOver));
        await Catalog.SetAnnouncementAsync("a", settled, default);
        await Catalog.SetAnnouncementAsync("a", failed, default);

        var run = Assert.Single(await Catalog.ListAsync(new RunQuery(), default));
        Assert.Equal((settled, true), (run.Announcement, run.IsOver));
    }

    [Fact]
    public async Task RunThatAnnouncesNothing_KeepsToThat()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        await Catalog.CompleteAsync("a", Report("a"), default);

        await Catalog.SetAnnouncementAsync("a", new RunAnnouncement(AnnouncementStatus.NotAnnounced, "?"), default);

        var run = (await Catalog.GetAsync("a", default))!;
        Assert.Equal((null, true), (run.Announcement, run.IsOver));
    }

    [Fact]
    public async Task Deleted_IsGone()
    {
        await Catalog.TryAddAsync(Run("a"), default);

        await Catalog.DeleteAsync("a", default);

        Assert.Null(await Catalog.GetAsync("a", default));
    }

    [Fact]
    public async Task List_PagesNewestFirst()
    {
        foreach (var (id, age) in new[] { ("b", 2), ("a", 1), ("c", 2), ("d", 0) })
            await Catalog.TryAddAsync(Run(id) with { CreatedAt = Now.AddMinutes(-age) }, default);

        Assert.Equal(["d", "a", "c", "b"], await IdsAsync(new RunQuery()));
        Assert.Equal(["d", "a"], await IdsAsync(new RunQuery(Limit: 2)));
        Assert.Equal(["c", "b"], await IdsAsync(new RunQuery(After: "a", Limit: 2)));
        Assert.Equal(["b"], await IdsAsync(new RunQuery(After: "c")));
        Assert.Empty(await IdsAsync(new RunQuery(After: "b")));
        Assert.Empty(await IdsAsync(new RunQuery(After: "unknown")));
    }

    [Fact]
    public async Task List_FiltersByStatusAsItIsNow()
    {
        foreach (var id in new[] { "pending", "running", "paused", "done" })
            await Catalog.TryAddAsync(Run(id), default);
        await Catalog.SetStartedAsync("running", Now, default);
        await Catalog.UpdateControlAsync("paused", control => control with { Paused = true }, default);
        await Catalog.CompleteAsync("done", Report("done"), default);

        Assert.Equal(["pending"], await IdsAsync(new RunQuery([RunStatus.Pending])));
        Assert.Equal(["done", "running"], (await IdsAsync(new RunQuery([RunStatus.Running, RunStatus.CompletedWithFailures]))).Order());
        Assert.Equal(["paused"], await IdsAsync(new RunQuery([RunStatus.Paused])));
        Assert.Empty(await IdsAsync(new RunQuery([])));
    }

    [Fact]
    public async Task DrivenBy_NamesWhoDrivesItWhileThatIsKnown()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        Assert.Null((await Catalog.GetAsync("a", default))!.DrivenBy);

        var owner = await DriveAsync("a");

        var expected = $"{Environment.MachineName}:{Environment.ProcessId}";
        Assert.Equal(expected, (await Catalog.GetAsync("a", default))!.DrivenBy);
        Assert.Equal(expected, Assert.Single(await Catalog.ListAsync(new RunQuery(), default)).DrivenBy);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null((await Catalog.GetAsync("a", default))!.DrivenBy);
        ProcessOwner.Retire(owner);
    }

    [Fact]
    public async Task DrivenBy_IsNullWhenTheProcessIsDead()
    {
        await Catalog.TryAddAsync(Run("a"), default);
        var owner = await DriveAsync("a");

        ProcessOwner.Retire(owner);

        Assert.Null((await Catalog.GetAsync("a", default))!.DrivenBy);
    }

    private async Task<IEnumerable<string>> IdsAsync(RunQuery query) => (await Catalog.ListAsync(query, default)).Select(run => run.Id);

    private static RunRecord Run(string id) => new() { Id = id, SpecJson = "{\"handler\":{\"name\":\"noop\"}}", CreatedAt = Now };

    private static RunReport Report(string id) => new()
    {
        RunId = id,
        Status = RunStatus.CompletedWithFailures,
        Reason = CompletionReason.AllItemsSettled,
        Total = 3,
        Tally = new Tally { Succeeded = 2, Failed = 1, Attempts = 4, Errors = [new ErrorGroup("T", "p", 1, 2, "m")] },
        Reduced = JsonDocument.Parse("{\"sum\":3}").RootElement,
        StartedAt = Now,
        EndedAt = Now.AddMinutes(1),
    };
}
