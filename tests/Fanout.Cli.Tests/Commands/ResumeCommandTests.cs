using System.Text.Json.Nodes;
using Fanout.Cli.Tests.Support;
using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Cli.Tests.Commands;

public class ResumeCommandTests
{
    [Fact]
    public async Task Resume_DrivesARunThatNobodyDrives()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { StartedAt = Given.Noon });
        Assert.Equal(0, await cli.RunAsync("resume", "nightly"));
        Assert.Equal(["drive nightly"], cli.Home.Calls);
        Assert.StartsWith("Run nightly succeeded", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_TakesAPauseBack_AndLeavesTheRunToItsDriver()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7", Control = new RunControl(Paused: true), Progress = Given.Progress() });
        var reads = 0;
        cli.Home.OnGet = id =>
        {
            if (++reads == 3)
                cli.Home.Runs[id] = cli.Home.Runs[id] with { Progress = Given.Progress() with { At = Given.Noon.AddSeconds(1) } };
        };

        Assert.Equal(0, await cli.RunAsync("resume", "nightly"));

        Assert.Equal(["resume nightly"], cli.Home.Calls);
        Assert.Equal("Run nightly goes on in host:7. See it with: fanout status nightly\n", cli.Output);
    }

    [Fact]
    public async Task Resume_OfARunWhoseProcessDied_DrivesItWhenItsLeaseIsOver()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7", Progress = Given.Progress() });
        var reads = 0;
        cli.Home.OnGet = id =>
        {
            if (++reads == 4)
                cli.Home.Runs[id] = cli.Home.Runs[id] with { DrivenBy = null };
        };

        Assert.Equal(0, await cli.RunAsync("resume", "nightly"));

        Assert.Equal(["drive nightly"], cli.Home.Calls);
    }

    [Fact]
    public async Task Resume_OfAnEndedRunThatIsNotAnnounced_GoesOnWithThat()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report(), Announcement = RunAnnouncement.Pending, Control = new RunControl(Paused: true) });
        cli.Home.OnDrive = (runId, _, _) =>
        {
            cli.Home.Runs[runId] = cli.Home.Runs[runId] with { Announcement = new RunAnnouncement(AnnouncementStatus.Announced) };
            return Task.FromResult<RunReport?>(Given.Report(runId));
        };

        Assert.Equal(0, await cli.RunAsync("resume", "nightly"));

        Assert.Equal(["drive nightly"], cli.Home.Calls);
        Assert.Contains("announced yes", cli.Output, StringComparison.Ordinal);
        Assert.Equal(2, await cli.RunAsync("resume", "nightly"));
    }

    [Fact]
    public async Task Resume_OfASilentDriverThatKeepsItsLease_LeavesTheRunToIt()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7" });
        Assert.Equal(0, await cli.RunAsync("resume", "nightly"));
        Assert.Empty(cli.Home.Calls);
        Assert.Contains("goes on in host:7", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_OfAnEndedRun_IsRefused()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report() });
        Assert.Equal(2, await cli.RunAsync("resume", "nightly"));
        Assert.Contains("has ended (succeeded)", cli.Error, StringComparison.Ordinal);
    }
}
