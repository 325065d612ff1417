using System.Text.Json.Nodes;
using Fanout.Cli.Tests.Support;
using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Cli.Tests.Commands;

public class OtherCommandsTests
{
    [Fact]
    public async Task PurgeOfOldRuns_LeavesThoseThatAreNotAnnounced()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report(), EndedAt = Given.Noon.AddDays(-9), Announcement = RunAnnouncement.Pending });
        cli.Home.Runs["b"] = Given.Record("b") with { Report = Given.Report("b"), EndedAt = Given.Noon.AddDays(-9) };
        Assert.Equal(0, await cli.RunAsync("purge", "--older-than", "7d"));
        Assert.Equal(["purge b"], cli.Home.Calls);
    }

    [Fact]
    public async Task Redrive_TellsWhomTheEarlierRunTold()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report(status: RunStatus.Failed) });
        var spec = JsonNode.Parse(Given.SpecJson)!;
        spec["onComplete"] = JsonNode.Parse("""{ "webhook": { "url": "https://x/", "secretFrom": "S" }, "queue": "orders-done" }""");
        cli.Home.Runs["nightly"] = cli.Home.Runs["nightly"] with { SpecJson = spec.ToJsonString() };
        Assert.Equal(0, await cli.RunAsync("redrive", "nightly", "--on-complete-queue", "again-done", "--id", "b"));
        Assert.Equal(new OnCompleteSpec { Webhook = new WebhookSpec("https://x/", "S"), Queue = "again-done" }, cli.Home.Started.Single().OnComplete);
    }

    [Fact]
    public async Task Pause_SaysHowToResume()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7" });
        Assert.Equal(0, await cli.RunAsync("pause", "nightly"));
        Assert.Equal("Run nightly is paused. Resume it with: fanout resume nightly\n", cli.Output);
    }

    [Fact]
    public async Task Cancel_OfARunThatNobodyDrives_DrivesItToItsEnd()
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        cli.Home.OnDrive = (runId, _, _) => Task.FromResult<RunReport?>(Given.Report(runId, RunStatus.Cancelled));

        Assert.Equal(0, await cli.RunAsync("cancel", "nightly"));

        Assert.Equal(["cancel nightly", "drive nightly"], cli.Home.Calls);
        Assert.StartsWith("Run nightly was cancelled.", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_OfARunDrivenElsewhere_WaitsForItsEnd()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7" });
        var reads = 0;
        cli.Home.OnGet = id =>
        {
            if (++reads == 4)
                cli.Home.Runs[id] = cli.Home.Runs[id] with { Report = Given.Report(id, RunStatus.Cancelled) };
        };

        Assert.Equal(0, await cli.RunAsync("cancel", "nightly"));

        Assert.Equal(["cancel nightly"], cli.Home.Calls);
    }

    [Fact]
    public async Task Cancel_OfARunThatFinishedFirst_GivesItsOwnExitCode()
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        cli.Home.OnDrive = (runId, _, _) => Task.FromResult<RunReport?>(Given.Report(runId, RunStatus.CompletedWithFailures));
        Assert.Equal(1, await cli.RunAsync("cancel", "nightly"));
    }

    [Fact]
    public async Task Retune_ChangesOnlyWhatIsGiven()
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        Assert.Equal(0, await cli.RunAsync("retune", "nightly", "--rate", "20/s"));
        var expected = new Retune(Rate: new Rate(20, TimeSpan.FromSeconds(1)));
        Assert.Equal($"{expected} nightly", cli.Home.Calls.Single());
        Assert.Equal("Run nightly is retuned: 20/s.\n", cli.Output);
    }

    [Fact]
    public async Task Retune_ChangesTheWeightAlone()
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        Assert.Equal(0, await cli.RunAsync("retune", "nightly", "--weight", "3"));
        Assert.Equal($"{new Retune(Weight: 3)} nightly", cli.Home.Calls.Single());
    }

    [Theory]
    [InlineData("0", "--weight: 0 is too small; allowed are 0.001 to 1,000.")]
    [InlineData("1001", "--weight: 1001 is too large; allowed are 0.001 to 1,000.")]
    [InlineData("much", "--weight: ")]
    public async Task Retune_RefusesAWeightThatIsNone(string weight, string expected)
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        Assert.NotEqual(0, await cli.RunAsync("retune", "nightly", "--weight", weight));
        Assert.Contains(expected, cli.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Home.Calls);
    }

    [Fact]
    public async Task Retune_TakesAllAtOnce()
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        Assert.Equal(0, await cli.RunAsync("retune", "nightly", "--concurrency", "8", "--rate", "20/s", "--weight", "2.5", "--tolerate", "5%", "--tolerate", "7"));
        Assert.Equal("Run nightly is retuned: 8 at once, 20/s, weight 2.5, tolerates 5%, tolerates 7 failures.\n", cli.Output);
    }

    [Fact]
    public async Task Redrive_TakesTheSpecOfThen_WithTheFlagsOfNow()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report(status: RunStatus.CompletedWithFailures) });

        Assert.Equal(0, await cli.RunAsync("redrive", "nightly", "--only", "timedout", "--where-error", "--429", "--concurrency", "2", "--id", "again"));

        var spec = cli.Home.Started.Single();
        Assert.Equal("again", spec.Id);
        Assert.Equal(new RedriveSourceSpec { Run = "nightly", Only = RedriveSelection.TimedOut, WhereError = "--429" }, spec.Source);
        Assert.Equal("echo", spec.Handler.Name);
        Assert.Equal("""{"a":1}""", spec.Handler.Options!.Value.GetRawText());
        Assert.Equal(2, spec.Flow.Concurrency);
        Assert.Equal(["drive again"], cli.Home.Calls);
    }

    [Fact]
    public async Task Redrive_MayUseAnotherHandlerOrCommand()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report(status: RunStatus.Failed) });
        Assert.Equal(0, await cli.RunAsync("redrive", "nightly", "--handler", "http", "--set", "url=https://x/"));
        Assert.Equal(0, await cli.RunAsync("redrive", "nightly", "--id", "b", "--", "cat"));
        Assert.Equal(["http", "exec"], cli.Home.Started.Select(s => s.Handler.Name));
        Assert.Equal("""{"url":"https://x/"}""", cli.Home.Started[0].Handler.Options!.Value.GetRawText());
    }

    [Fact]
    public async Task Redrive_OfARunUnderWay_IsRefused()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7", StartedAt = Given.Noon });
        Assert.Equal(2, await cli.RunAsync("redrive", "nightly"));
        Assert.Contains("has not ended (running)", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_StartsNothing()
    {
        using var cli = new Support.Cli();
        cli.Home.Preview = new PlanPreview(
            100_000, 2, 32, 64, new Allotment(64, new Rate(50, TimeSpan.FromSeconds(1)), 1), TimeSpan.FromSeconds(2000), "Bounded by its rate.");

        Assert.Equal(0, await cli.RunAsync("plan", "--range", "0..100000", "--handler", "echo"));

        Assert.Empty(cli.Home.Started);
        Assert.Equal("""
            Nothing was started. A run of this would:
              items    100,000
              ranges   64 items each at first, then as long as they take
              lanes    32 in 2 branches
              may use  64 at once, 50/s
              time     at least 33m 20s by rate, and at least 1,563 x what the handler takes for one item
              note     Bounded by its rate.

            """.ReplaceLineEndings("\n"), cli.Output);
    }

    [Fact]
    public async Task Status_IsFoundOrRefused_WhateverTheRunDoes()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report(status: RunStatus.Failed) });
        Assert.Equal(0, await cli.RunAsync("status", "nightly"));
        Assert.StartsWith("Run nightly failed", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusAsJson_IsTheRecordWithItsSpecAsAnObject()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Progress = Given.Progress() });
        Assert.Equal(0, await cli.RunAsync("status", "nightly", "--json"));
        var record = JsonNode.Parse(cli.Output)!;
        Assert.Equal("Pending", record["status"]!.GetValue<string>());
        Assert.Equal("echo", record["spec"]!["handler"]!["name"]!.GetValue<string>());
        Assert.Equal(41_218, record["progress"]!["succeeded"]!.GetValue<long>());
    }

    [Fact]
    public async Task List_ShowsALineForEachRun()
    {
        using var cli = Support.Cli.WithRun(Given.Record("a") with { Report = Given.Report("a") });
        cli.Home.Runs["b"] = Given.Record("b") with { DrivenBy = "host:7", StartedAt = Given.Noon, Progress = Given.Progress() };

        Assert.Equal(0, await cli.RunAsync("list"));

        Assert.Equal(
            ["RUN STATUS    DONE           FAILED CREATED              DRIVEN BY", "b   running   41,230/100,000 12     2026-11-23 12:00:00Z host:7", "a   succeeded 10/10                 2026-11-23 12:00:00Z"],
            cli.Output.TrimEnd().Split('\n').Select(l => l.TrimEnd()));
    }

    [Fact]
    public async Task List_OfNothing_SaysSo()
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync("list", "--status", "running,paused", "--limit", "5"));
        Assert.Equal("No runs.\n", cli.Output);
    }

    [Theory]
    [InlineData("list", "No runs.\n")]
    [InlineData("list --json", "[]\n")]
    [InlineData("purge --older-than 7d", "Purged 0 runs.\n")]
    public async Task WithoutAHome_ThereAreNoRuns_AndNoneIsMade(string line, string expected)
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync([.. line.Split(' '), "--home", "missing"]));
        Assert.Equal(expected, cli.Output);
        Assert.Null(cli.Home.Options);
    }

    [Fact]
    public async Task PlanWithoutAHome_LeavesNoneBehind()
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync("plan", "--range", "0..10", "--handler", "echo", "--home", "missing"));
        Assert.DoesNotContain("missing", cli.Home.Options!.Path, StringComparison.Ordinal);
        Assert.False(Directory.Exists(cli.Home.Options.Path));
    }

    [Fact]
    public async Task Purge_OlderThan_PurgesEndedRunsOfThatAge()
    {
        using var cli = Support.Cli.WithRun(Given.Record("old") with { Report = Given.Report("old"), EndedAt = Given.Noon.AddDays(-8) });
        cli.Home.Runs["new"] = Given.Record("new") with { Report = Given.Report("new"), EndedAt = Given.Noon.AddDays(-6) };
        cli.Home.Runs["live"] = Given.Record("live");

        Assert.Equal(0, await cli.RunAsync("purge", "--older-than", "7d"));

        Assert.Equal(["purge old"], cli.Home.Calls);
        Assert.Equal("Purged 1 run.\n", cli.Output);
    }

    [Fact]
    public async Task Purge_OfARunUnderWay_IsRefused()
    {
        using var cli = Support.Cli.WithRun(Given.Record());
        Assert.Equal(2, await cli.RunAsync("purge", "nightly"));
        Assert.Contains("has not ended", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_AreJsonLinesInItemOrder()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report() });
        AddResults(cli, 2, 0, 1);
        Assert.Equal(0, await cli.RunAsync("results", "nightly"));
        Assert.Equal("""
            {"index":0,"status":"Succeeded","attempts":1,"durationMs":0.5}
            {"index":1,"status":"Failed","error":{"type":"Boom","message":"no"},"attempts":1,"durationMs":0.5}
            {"index":2,"status":"Succeeded","attempts":1,"durationMs":0.5}

            """.ReplaceLineEndings("\n"), cli.Printed);
    }

    [Fact]
    public async Task ResultsFailed_AreThoseThatDidNotSucceed()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { Report = Given.Report() });
        AddResults(cli, 0, 1, 2);
        Assert.Equal(0, await cli.RunAsync("results", "nightly", "--failed"));
        Assert.StartsWith("""{"index":1,""", Assert.Single(cli.Printed.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResultsFollow_PrintsEachOnceAndInOrder_ThoughTheyAreRecordedOutOfOrder()
    {
        using var cli = Support.Cli.WithRun(Given.Record() with { DrivenBy = "host:7" });
        var reads = 0;
        cli.Home.OnGet = id =>
        {
            switch (++reads)
            {
                case 1:
                    AddResults(cli, 2, 0);
                    break;
                case 2:
                    AddResults(cli, 1);
                    break;
                case 3:
                    AddResults(cli, 5, 3);
                    cli.Home.Runs[id] = cli.Home.Runs[id] with { Report = Given.Report(status: RunStatus.Cancelled) };
                    break;
            }
        };

        Assert.Equal(0, await cli.RunAsync("results", "nightly", "--follow"));

        Assert.Equal([0, 1, 2, 3, 5], cli.Printed.TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!["index"]!.GetValue<int>()));
    }

    [Fact]
    public async Task AClosedStandardOutput_EndsResultsQuietly()
    {
        using var cli = new Support.Cli { OutStream = new ClosedPipe() };
        cli.Home.Runs["nightly"] = Given.Record() with { Report = Given.Report() };
        AddResults(cli, 0, 1);
        Assert.Equal(0, await cli.RunAsync("results", "nightly"));
        Assert.Equal("", cli.Error);
    }

    [Fact]
    public async Task Schema_IsAJsonDocument()
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync("schema"));
        Assert.NotNull(JsonNode.Parse(cli.Output));
    }

    [Theory]
    [InlineData("--version", "fanout 1.2.3")]
    [InlineData("", "Usage: fanout COMMAND")]
    [InlineData("--help", "Usage: fanout COMMAND")]
    [InlineData("-h", "Usage: fanout COMMAND")]
    [InlineData("run --help", "--concurrency N")]
    [InlineData("run --bogus --help", "Usage: fanout run")]
    [InlineData("retune -h", "Usage: fanout retune RUN [--concurrency N] [--rate R] [--weight W] [--tolerate T]")]
    public async Task Help_GoesToStandardOutput(string line, string expected)
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(expected, cli.Output, StringComparison.Ordinal);
        Assert.Equal("", cli.Error);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("plan")]
    [InlineData("status")]
    [InlineData("list")]
    [InlineData("results")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("retune")]
    [InlineData("redrive")]
    [InlineData("purge")]
    [InlineData("schema")]
    public async Task EveryCommand_HasHelpWithAnExample_NoWiderThanTheTerminal(string command)
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync(command, "--help"));
        var lines = cli.Output.Split('\n');
        Assert.Contains("Examples:", lines);
        Assert.All(lines.Where(l => l.StartsWith("  --", StringComparison.Ordinal)), l => Assert.InRange(l.Length, 0, 100));
    }

    private static void AddResults(Support.Cli cli, params int[] indexes) => cli.Home.Results.AddRange(indexes.Select(i => new ResultLine(
        i, null, i == 1 ? OutcomeStatus.Failed : OutcomeStatus.Succeeded, null, i == 1 ? new ItemError("Boom", "no") : null, 1, 0.5)));

    private sealed class ClosedPipe : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Broken pipe");
    }
}
