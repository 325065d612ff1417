using System.Text.Json;
using Fanout.Cli.Driving;
using Fanout.Cli.Rendering;
using Fanout.Cli.Tests.Support;
using Fanout.Runs;
using Spectre.Console;
using Spectre.Console.Testing;
using Xunit;

namespace Fanout.Cli.Tests.Rendering;

public class RendererTests
{
    private static readonly Hints Hints = new("fanout", home: null);

    private static readonly WaitShare[] Waits = [new("handlers", 62), new("limit crm-api", 30), new("rate", 8)];

    [Fact]
    public void TheProgressLine_SaysItAll() => Assert.Equal(
        "nightly  41,230/100,000  41%  1,204/s  ETA 49s  failed 12  in flight 64  waiting for handlers",
        ProgressLine.Format("nightly", Given.Progress()));

    [Fact]
    public void TheProgressLine_LeavesOutWhatIsUnknown()
    {
        Assert.Equal("nightly  starting", ProgressLine.Format("nightly", null));
        Assert.Equal("nightly  0 done  0/s  failed 0  in flight 0  waiting for source", ProgressLine.Format("nightly", new RunProgress { WaitingFor = "source" }));
    }

    [Fact]
    public void TheProgressLine_ShowsRetriesCancellationsAndPauses() => Assert.Equal(
        "n  5/5  100%  0/s  failed 1  cancelled 4  in flight 0  to retry 3  paused",
        ProgressLine.Format("n", new RunProgress { Total = 5, TimedOut = 1, Cancelled = 4, WaitingForRetry = 3, WaitingFor = "paused" }));

    [Fact]
    public void TheProgressLine_SaysInPercentWhatTheRunIsWaitingFor() => Assert.Equal(
        "nightly  41,230/100,000  41%  1,204/s  ETA 49s  failed 12  in flight 64  waiting for handlers 62%, limit crm-api 30%, rate 8%",
        ProgressLine.Format("nightly", Given.Progress() with { Waits = Waits }));

    [Fact]
    public void TheProgressLine_OfAPausedRun_SaysSoOnce() => Assert.EndsWith(
        "in flight 0  paused", ProgressLine.Format("n", new RunProgress { WaitingFor = "paused", Waits = [new("paused", 100)] }), StringComparison.Ordinal);

    [Fact]
    public void TheProgressLine_OfARunThatTellsOfItsEnd_SaysSo() => Assert.EndsWith(
        "in flight 0  announcing", ProgressLine.Format("n", new RunProgress { Total = 5, Succeeded = 5, WaitingFor = "announcing" }), StringComparison.Ordinal);

    [Theory]
    [InlineData(100, 3)]
    [InlineData(60, 3)]
    [InlineData(30, 5)]
    public void TheLiveView_HasARowForWhatTheRunIsWaitingFor(int width, int rows)
    {
        using var console = new TestConsole().Width(width);
        console.Write(LiveView.Render("nightly", Given.Progress() with { Waits = Waits }, width));
        var lines = console.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(rows, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 1, width));
        Assert.Contains(lines, line => line.StartsWith("waiting for  handlers 62%", StringComparison.Ordinal));
        foreach (var part in new[] { "limit crm-api 30%", "rate 8%" })
            Assert.Contains(part, console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 2)]
    [InlineData(60, 3)]
    [InlineData(30, 4)]
    [InlineData(20, 6)]
    public void TheLiveView_BreaksItsRowsBetweenNumbers(int width, int rows)
    {
        using var console = new TestConsole().Width(width);
        console.Write(LiveView.Render("nightly", Given.Progress(), width));
        Assert.Equal(rows, console.Output.TrimEnd('\n').Split('\n').Length);
        foreach (var part in new[] { "nightly", "41%", "ETA 49s", "41,230/100,000", "1,204/s", "failed 12", "in flight 64", "waiting for handlers" })
            Assert.Contains(part, console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLiveView_TakesARunIdLiterally()
    {
        using var console = new TestConsole().Width(100);
        console.Write(LiveView.Render("[red]x[/]", Given.Progress(), 100));
        Assert.Contains("[red]x[/]", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLiveView_BeginsBeforeThereAreNumbers()
    {
        using var console = new TestConsole().Width(100);
        console.Write(LiveView.Render("nightly", null, 100));
        console.Write(LiveView.Render("nightly", new RunProgress(), 100));
        Assert.Contains("nightly  starting", console.Output, StringComparison.Ordinal);
        Assert.Contains("nightly  counting items", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReport_OfASuccess()
    {
        var report = Given.Report() with { Reduced = JsonSerializer.SerializeToElement(45) };
        Assert.Equal("""
            Run nightly succeeded: every item succeeded.
              items     10: 10 succeeded
              time      5s (2/s)
              reduced   45
            Results: /home/results/nightly
              read them: fanout results nightly
            """.ReplaceLineEndings("\n"), Format(report));
    }

    [Fact]
    public void TheReport_OfAFailure_GroupsErrorsAndSaysHowToRedrive()
    {
        var report = Given.Report(status: RunStatus.Failed) with
        {
            Message = "3 of 10 items failed; 2 are tolerated.",
            NotStarted = 4,
            Tally = new Tally
            {
                Succeeded = 3,
                Failed = 2,
                TimedOut = 1,
                Attempts = 9,
                Errors =
                [
                    new ErrorGroup("TimedOut", "No answer in # s", 1, 5, "No answer in 10 s"),
                    new ErrorGroup("Http404", "Not found: #", 2, 3, "Not found:\n/x/3"),
                ],
            },
        };
        Assert.Equal("""
            Run nightly failed: more items failed than it tolerates. 3 of 10 items failed; 2 are tolerated.
              items     10: 3 succeeded, 2 failed, 1 timed out, 4 not started
              attempts  9
              time      5s (1.2/s)
            Most frequent errors:
              2 x Http404: Not found: #
                  such as item 3: Not found: /x/3
              1 x TimedOut: No answer in # s
                  such as item 5: No answer in 10 s
            Results: /home/results/nightly
              read them: fanout results nightly
              run again what did not succeed: fanout redrive nightly
            """.ReplaceLineEndings("\n"), Format(report));
    }

    [Fact]
    public void TheReport_ShowsTenKindsOfErrors()
    {
        var errors = Enumerable.Range(0, 13).Select(i => new ErrorGroup($"E{i}", "p", 13 - i, i, "m")).ToArray();
        var text = Format(Given.Report() with { Tally = new Tally { Failed = 10, Errors = errors } });
        Assert.Contains("E9:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("E10:", text, StringComparison.Ordinal);
        Assert.Contains("and 3 more kinds", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheStatus_OfARunUnderWay() => Assert.Equal("""
        Run nightly is running
          items      41,230/100,000 (41%)
          outcomes   41,218 succeeded, 12 failed, 0 timed out, 0 cancelled
          speed      1,204/s, ETA 49s
          now        in flight 64
          waits for  handlers 62%, limit crm-api 30%, rate 8%
          may use    64 at once, 50/s, burst 10, weight 2.5, tolerates 5%
          created    2026-11-23 12:00:00Z
          started    2026-11-23 12:00:00Z
          driven by  host:7
          results    /r
        """.ReplaceLineEndings("\n"), StatusText.Format(
            Given.Record() with
            {
                Progress = Given.Progress() with { Waits = Waits },
                StartedAt = Given.Noon,
                DrivenBy = "host:7",
                Control = new RunControl(Tolerate: new Tolerance(null, 5), Weight: 2.5),
            },
            "/r", Hints).ReplaceLineEndings("\n"));

    [Fact]
    public void TheStatus_OfAnInterruptedRun_SaysHowToContinueIt()
    {
        var text = StatusText.Format(Given.Record() with { StartedAt = Given.Noon, Progress = Given.Progress() with { Waits = Waits } }, "/r", Hints);
        Assert.DoesNotContain("%,", text, StringComparison.Ordinal);
        Assert.Contains("is interrupted", text, StringComparison.Ordinal);
        Assert.Contains("nobody; continue it with: fanout resume nightly", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheStatus_TellsHowLongAttemptsTook()
    {
        var latency = new LatencySketch([new LatencyBucket(0.4255, 5), new LatencyBucket(81.9, 4), new LatencyBucket(12_345, 1)]);
        var text = StatusText.Format(Given.Record() with { StartedAt = Given.Noon, Progress = Given.Progress() with { Latency = latency } }, "/r", Hints);
        Assert.Contains("  latency    0.4ms median, 81.9ms p90, 12s p99\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void TheStatus_OfARunThatHasEnded_SaysWhetherItIsAnnounced()
    {
        var ended = Given.Record() with { Report = Given.Report() };
        Assert.DoesNotContain("announced", Status(ended), StringComparison.Ordinal);
        Assert.Contains("  announced yes\n", Status(ended with { Announcement = new(AnnouncementStatus.Announced) }), StringComparison.Ordinal);
        var pending = ended with { Announcement = RunAnnouncement.Pending };
        Assert.Contains("  announced not yet; go on with: fanout resume nightly\n", Status(pending), StringComparison.Ordinal);
        Assert.Contains("  announced not yet; host:7 is at it\n", Status(pending with { DrivenBy = "host:7" }), StringComparison.Ordinal);

        static string Status(RunRecord record) => StatusText.Format(record, "/r", Hints).ReplaceLineEndings("\n");
    }

    [Fact]
    public void ThePlan_SaysWhomTheRunTells()
    {
        var plan = new PlanPreview(1, 1, 1, 1, new Allotment(16, null, 1), null, "")
        {
            OnComplete = new OnCompleteSpec { Webhook = new WebhookSpec("https://example.com/secret-path", "WEBHOOK_SECRET"), Queue = "orders-done" },
        };
        Assert.Contains("  tells    https://example.com (signed with WEBHOOK_SECRET), queue orders-done", PlanText.Format(plan), StringComparison.Ordinal);
        Assert.DoesNotContain("tells", PlanText.Format(plan with { OnComplete = null }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, "0s")]
    [InlineData(0.256, "0.26s")]
    [InlineData(9.99, "9.99s")]
    [InlineData(9.999, "10s")]
    [InlineData(59.7, "1m 00s")]
    [InlineData(725, "12m 05s")]
    [InlineData(12_000, "3h 20m")]
    [InlineData(187_200, "2d 4h")]
    public void Durations(double seconds, string expected) => Assert.Equal(expected, Figures.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(0.05, "3/min")]
    [InlineData(3.46, "3.5/s")]
    [InlineData(1_204.4, "1,204/s")]
    public void Speeds(double perSecond, string expected) => Assert.Equal(expected, Figures.Speed(perSecond));

    [Theory]
    [InlineData(99_999, 100_000, "99%")]
    [InlineData(100_000, 100_000, "100%")]
    [InlineData(0, 0, "100%")]
    public void APercentage_IsAHundredOnlyWhenAllIsDone(long part, long whole, string expected) => Assert.Equal(expected, Figures.Percent(part, whole));

    [Theory]
    [InlineData(0, "Stopping.")]
    [InlineData(3, "Stopping: letting 3 in flight finish (up to 30s); Ctrl+C again cancels them.")]
    public void Stopping_SaysWhatHappensNow(int inFlight, string expected) =>
        Assert.Equal(expected, StopText.Of(StopStage.Stopping, inFlight, TimeSpan.FromSeconds(30)));

    [Fact]
    public void Hints_CanBePasted()
    {
        Assert.Equal("fanout resume nightly", Hints.Command("resume", "nightly"));
        Assert.Equal("myapp resume 'a b' --home 'it'\\''s'", new Hints("myapp", "it's").Command("resume", "a b"));
    }

    private static string Format(RunReport report) => ReportText.Format(report, "/home/results/nightly", Hints).ReplaceLineEndings("\n");
}
