using System.Text.Json.Nodes;
using Fanout.Cli.Tests.Support;
using Fanout.Runs;
using Xunit;

namespace Fanout.Cli.Tests.Commands;

public class RunCommandTests
{
    private static readonly string[] Nightly = ["run", "--id", "nightly", "--range", "0..10", "--handler", "echo"];

    [Theory]
    [InlineData(RunStatus.Succeeded, 0)]
    [InlineData(RunStatus.CompletedWithFailures, 1)]
    [InlineData(RunStatus.Failed, 3)]
    [InlineData(RunStatus.TimedOut, 4)]
    [InlineData(RunStatus.Cancelled, 130)]
    public async Task TheExitCode_SaysHowTheRunEnded(RunStatus status, int expected)
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (runId, _, _) => Task.FromResult<RunReport?>(Given.Report(runId, status));

        Assert.Equal(expected, await cli.RunAsync(Nightly));

        Assert.StartsWith("Run nightly ", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Results: /home/results/nightly", cli.Output, StringComparison.Ordinal);
        Assert.True(cli.Home.Disposed);
    }

    [Fact]
    public async Task TheSameIdAgain_PrintsTheReportOfAFinishedRun()
    {
        using var cli = new Support.Cli();
        await cli.RunAsync(Nightly);
        cli.Home.Calls.Clear();

        Assert.Equal(0, await cli.RunAsync(Nightly));

        Assert.Empty(cli.Home.Calls);
        Assert.Equal(2, cli.Output.Split("Run nightly succeeded").Length - 1);
    }

    [Fact]
    public async Task TheSameIdWithAnotherSpec_IsRefused()
    {
        using var cli = new Support.Cli();
        await cli.RunAsync(Nightly);
        Assert.Equal(2, await cli.RunAsync([.. Nightly, "--concurrency", "3"]));
        Assert.Contains("exists with another spec", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAccountThatFails_IsWaitedForAndTheRunGoesOn()
    {
        using var cli = new Support.Cli();
        var drives = 0;
        cli.Home.OnDrive = (runId, _, _) => ++drives < 5 ? throw AccountIsAway() : Task.FromResult<RunReport?>(Given.Report(runId));

        Assert.Equal(0, await cli.RunAsync([.. Nightly, "--quiet"]));

        Assert.Equal([1, 2, 4, 8], cli.Time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Contains("Storage fails; the run goes on by itself when it works again within 10 min: The account is away.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAccountThatFailsTooLong_LeavesTheRunToBeResumed()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (_, _, _) => throw AccountIsAway();

        Assert.Equal(3, await cli.RunAsync([.. Nightly, "--quiet"]));

        Assert.InRange(cli.Time.Waits.Sum(wait => wait.TotalMinutes), 10, 10.5);
        Assert.Contains("Run nightly can be continued when this is mended: fanout resume nightly", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAccountThatFailsNowAndThen_IsBornAsLongAsTheRunGetsOn()
    {
        using var cli = new Support.Cli();
        var drives = 0;
        cli.Home.OnDrive = (runId, _, _) =>
        {
            cli.Home.Runs["nightly"] = cli.Home.Runs["nightly"] with { Progress = Given.Progress() with { Succeeded = ++drives } };
            cli.Home.OnGet = _ => cli.Time.Advance(TimeSpan.FromMinutes(1));
            return drives < 50 ? throw AccountIsAway() : Task.FromResult<RunReport?>(Given.Report(runId));
        };

        Assert.Equal(0, await cli.RunAsync([.. Nightly, "--quiet"]));
    }

    [Fact]
    public async Task AFullDisk_EndsTheCommandAtOnce()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (_, _, _) => throw new StorageException("The disk is full.");

        Assert.Equal(3, await cli.RunAsync([.. Nightly, "--quiet"]));

        Assert.Empty(cli.Time.Waits);
    }

    [Fact]
    public async Task TheFirstSignal_StopsTheRunAndSaysHowToContinueIt()
    {
        using var cli = new Support.Cli();
        cli.Home.Observed["nightly"] = Given.Progress();
        cli.Home.OnDrive = async (_, stop, abort) =>
        {
            cli.Signals.Signal();
            Assert.True(stop.IsCancellationRequested);
            Assert.False(abort.IsCancellationRequested);
            await Task.Yield();
            return null;
        };
        cli.Home.OnGet = id => cli.Home.Runs[id] = cli.Home.Runs[id] with { Progress = Given.Progress() };

        Assert.Equal(130, await cli.RunAsync([.. Nightly, "--home", "/data/my runs"]));

        Assert.Contains("Stopping: letting 64 in flight finish (up to 10s); Ctrl+C again cancels them.", cli.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Run nightly was interrupted with 41,230 of 100,000 items done. Continue it with: fanout resume nightly --home '/data/my runs'",
            cli.Error, StringComparison.Ordinal);
        Assert.Equal("", cli.Output);
    }

    [Fact]
    public async Task TheSecondSignal_CancelsWhatIsInFlight()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (_, _, abort) =>
        {
            cli.Signals.Signal();
            cli.Signals.Signal();
            Assert.True(abort.IsCancellationRequested);
            return Task.FromResult<RunReport?>(null);
        };

        Assert.Equal(130, await cli.RunAsync(Nightly));

        Assert.Contains("Cancelling what is in flight", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunThatEndsWhileStopping_IsReported()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (runId, _, _) =>
        {
            cli.Signals.Signal();
            return Task.FromResult<RunReport?>(Given.Report(runId));
        };
        Assert.Equal(0, await cli.RunAsync(Nightly));
    }

    [Fact]
    public async Task InterruptedWithJson_TheAnswerSaysSo()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (_, _, _) =>
        {
            cli.Signals.Signal();
            return Task.FromResult<RunReport?>(null);
        };
        Assert.Equal(130, await cli.RunAsync([.. Nightly, "--json"]));
        var answer = JsonNode.Parse(cli.Output)!;
        Assert.True(answer["interrupted"]!.GetValue<bool>());
        Assert.Equal("fanout resume nightly", answer["resume"]!.GetValue<string>());
    }

    [Fact]
    public async Task Json_PutsOneObjectOnStandardOutputAndLinesOnStandardError()
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync([.. Nightly, "--json"]));
        var report = JsonNode.Parse(cli.Output)!;
        Assert.Equal("nightly", report["runId"]!.GetValue<string>());
        Assert.Equal("AllItemsSucceeded", report["reason"]!.GetValue<string>());
        Assert.All(cli.Error.TrimEnd().Split('\n'), line => JsonNode.Parse(line));
    }

    [Fact]
    public async Task WhatCouldNotBeAnnounced_IsSaidAndChangesNothingElse()
    {
        using var cli = new Support.Cli();
        Announce(cli, new RunAnnouncement(AnnouncementStatus.NotAnnounced, "https://x answered 410, given up after 1 attempt"));
        Assert.Equal(0, await cli.RunAsync(Nightly));
        Assert.Contains("  announced no: https://x answered 410, given up after 1 attempt\n", cli.Output, StringComparison.Ordinal);

        using var asJson = new Support.Cli();
        Announce(asJson, new RunAnnouncement(AnnouncementStatus.NotAnnounced, "https://x answered 410, given up after 1 attempt"));
        Assert.Equal(0, await asJson.RunAsync([.. Nightly, "--json"]));
        Assert.Contains("{\"note\":\"Run nightly is announced: no: https://x answered 410", asJson.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASignalWhileItIsAnnounced_LeavesThatToBeResumed()
    {
        using var cli = new Support.Cli();
        Announce(cli, RunAnnouncement.Pending with { Message = "https://x answered 503 (attempt 2 of 8)" }, cli.Signals.Signal);
        Assert.Equal(130, await cli.RunAsync(Nightly));
        Assert.StartsWith("Run nightly succeeded", cli.Output, StringComparison.Ordinal);
        Assert.Contains(
            "  announced not yet: https://x answered 503 (attempt 2 of 8); go on with: fanout resume nightly\n", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSameIdAgain_GoesOnWithTheAnnouncementOfAFinishedRun()
    {
        using var cli = new Support.Cli();
        Announce(cli, RunAnnouncement.Pending, cli.Signals.Signal);
        await cli.RunAsync(Nightly);
        using var again = new Support.Cli();
        again.Home.Runs["nightly"] = cli.Home.Runs["nightly"];
        Announce(again, new RunAnnouncement(AnnouncementStatus.Announced));

        Assert.Equal(0, await again.RunAsync(Nightly));

        Assert.Equal(["drive nightly"], again.Home.Calls);
        Assert.Contains("  announced yes\n", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quiet_SaysNothingButTheReport()
    {
        using var cli = new Support.Cli();
        await cli.RunAsync([.. Nightly, "--quiet"]);
        Assert.Equal("", cli.Error);
        Assert.StartsWith("Run nightly succeeded", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileAnotherProcessDrivesTheRun_ItIsWatched_AndTakenOverWhenThatProcessIsGone()
    {
        using var cli = new Support.Cli();
        cli.Home.OnStart = spec =>
        {
            cli.Home.Runs["nightly"] = Given.Record() with { DrivenBy = "host:7", SpecJson = Fanout.Specs.SpecWriter.Write(spec) };
            return Task.CompletedTask;
        };
        var reads = 0;
        cli.Home.OnGet = id =>
        {
            if (++reads == 3)
                cli.Home.Runs[id] = cli.Home.Runs[id] with { DrivenBy = null };
        };

        Assert.Equal(0, await cli.RunAsync(Nightly));

        Assert.Equal(["drive nightly"], cli.Home.Calls);
        Assert.Contains("Run nightly is being worked on by host:7; waiting for it.", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhenAnotherProcessIsFaster_ItIsWatched()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (runId, _, _) =>
        {
            cli.Home.Runs[runId] = cli.Home.Runs[runId] with { DrivenBy = "host:8" };
            throw new RunException(runId, "Run nightly is driven by host:8.");
        };
        var reads = 0;
        cli.Home.OnGet = id =>
        {
            if (++reads == 5)
                cli.Home.Runs[id] = cli.Home.Runs[id] with { DrivenBy = null, Report = Given.Report() };
        };

        Assert.Equal(0, await cli.RunAsync(Nightly));

        Assert.Equal(["drive nightly"], cli.Home.Calls);
    }

    [Fact]
    public async Task StoppingToWatch_LeavesTheRunWhereItIs()
    {
        using var cli = new Support.Cli();
        cli.Home.OnStart = spec =>
        {
            cli.Home.Runs["nightly"] = Given.Record() with { DrivenBy = "host:7", SpecJson = Fanout.Specs.SpecWriter.Write(spec) };
            return Task.CompletedTask;
        };
        var reads = 0;
        cli.Home.OnGet = _ =>
        {
            if (++reads == 2)
                cli.Signals.Signal();
        };

        Assert.Equal(130, await cli.RunAsync(Nightly));

        Assert.Empty(cli.Home.Calls);
        Assert.Contains("Run nightly goes on in host:7. See it with: fanout status nightly", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFullDisk_IsAFailureThatSaysHowToContinue()
    {
        using var cli = new Support.Cli();
        cli.Home.OnDrive = (_, _, _) => throw new StorageException("The disk is full.");
        Assert.Equal(3, await cli.RunAsync(Nightly));
        Assert.Contains("The disk is full.", cli.Error, StringComparison.Ordinal);
        Assert.Contains("can be continued when this is mended: fanout resume nightly", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingSource_IsRefused()
    {
        using var cli = new Support.Cli();
        cli.Home.OnStart = _ => throw new SourceException("There is no file in.txt.");
        Assert.Equal(2, await cli.RunAsync("run", "--lines", "in.txt", "--handler", "echo"));
        Assert.Equal("fanout: There is no file in.txt.\n", cli.Error);
    }

    [Fact]
    public async Task AnUnexpectedError_ShowsNoStackTraceUnlessAsked()
    {
        using var cli = new Support.Cli();
        cli.Home.OnStart = _ => throw new InvalidOperationException("Broken.");
        Assert.Equal(3, await cli.RunAsync(Nightly));
        Assert.Equal("fanout: unexpected error: Broken. (set FANOUT_DEBUG=1 for details)\n", cli.Error);

        using var debugging = new Support.Cli();
        debugging.Variables["FANOUT_DEBUG"] = "1";
        debugging.Home.OnStart = _ => throw new InvalidOperationException("Broken.");
        Assert.Equal(3, await debugging.RunAsync(Nightly));
        Assert.Contains("   at ", debugging.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASignalBeforeTheStart_EndsQuietly()
    {
        using var cli = new Support.Cli();
        cli.Home.OnStart = _ =>
        {
            cli.Signals.Signal();
            cli.Signals.Stop.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        };
        Assert.Equal(130, await cli.RunAsync(Nightly));
        Assert.Equal("", cli.Error);
    }

    [Theory]
    [InlineData(null, null, "/.fanout")]
    [InlineData("/data", null, "/data")]
    [InlineData("/data", "/mine", "/mine")]
    public async Task TheHome_IsTheFlagsElseTheVariablesElseTheDirectorys(string? variable, string? flag, string expectedEnd)
    {
        using var cli = new Support.Cli();
        if (variable is not null)
            cli.Variables["FANOUT_HOME"] = variable;
        await cli.RunAsync([.. Nightly, .. flag is null ? Array.Empty<string>() : ["--home", flag]]);
        Assert.EndsWith(expectedEnd, cli.Home.Options!.Path, StringComparison.Ordinal);
        Assert.True(Path.IsPathRooted(cli.Home.Options.Path));
    }

    [Fact]
    public async Task Grace_IsGivenToTheHome()
    {
        using var cli = new Support.Cli();
        await cli.RunAsync([.. Nightly, "--grace", "1m"]);
        Assert.Equal(TimeSpan.FromMinutes(1), cli.Home.Options!.Grace);
    }

    private static void Announce(Support.Cli cli, RunAnnouncement announcement, Action? first = null) => cli.Home.OnDrive = (runId, _, _) =>
    {
        first?.Invoke();
        cli.Home.Runs[runId] = cli.Home.Runs[runId] with { Announcement = announcement };
        return Task.FromResult<RunReport?>(Given.Report(runId));
    };

    private static StorageException AccountIsAway() => new("The account is away.") { MayPass = true };
}
