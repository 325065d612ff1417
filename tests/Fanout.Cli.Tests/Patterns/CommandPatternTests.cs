using System.Globalization;
using System.Text.Json;
using Fanout.Cli.Tests.Patterns.Support;
using Xunit;

namespace Fanout.Cli.Tests.Patterns;

/// <summary>The patterns README.md shows as commands, typed as they stand there.</summary>
[Collection(Alone.Name)]
public sealed class CommandPatternTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task WorkerPool_ThreeWorkersDoubleNineNumbers()
    {
        Assert.Equal(0, (await TypeAsync("worker-pool")).ExitCode);
        var lines = await _shell.ResultsAsync("pool");
        Assert.Equal(["2", "4", "6", "8", "10", "12", "14", "16", "18"], lines.Select(line => line.GetProperty("output").GetString()));
        Assert.Equal(90, (await _shell.ReportAsync("pool")).GetProperty("reduced").GetInt32());
    }

    [Fact]
    public async Task FanOutFanIn_FourBranchesSumTwentyDoubledNumbers()
    {
        Assert.Equal(0, (await TypeAsync("fan-out-fan-in")).ExitCode);
        Assert.Equal(420, (await _shell.ReportAsync("fan")).GetProperty("reduced").GetInt32());
        var plan = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(_shell.WorkingDirectory, ".fanout", "results", "fan", "plan.json")));
        Assert.Equal(4, plan.GetProperty("branches").GetInt32());
        Assert.True(Directory.GetFiles(Path.Combine(_shell.WorkingDirectory, ".fanout", "results", "fan", "branches")).Length >= 4);
    }

    [Fact]
    public async Task Semaphore_TwentyItemsNeverMoreThanFiveAtOnce()
    {
        Assert.Equal(0, (await TypeAsync("semaphore")).ExitCode);
        var changes = new List<(long At, int Change)>();
        foreach (var line in await _shell.ResultsAsync("five"))
        {
            var times = line.GetProperty("output").GetString()!.Split('\n').Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToList();
            changes.AddRange([(times[0], 1), (times[1], -1)]);
        }

        Assert.Equal(40, changes.Count);
        int inside = 0, most = 0;
        foreach (var (_, change) in changes.Order())
            most = Math.Max(most, inside += change);
        Assert.InRange(most, 1, 5);
    }

    [Fact]
    public async Task RateLimit_TwentyItemsAtFiveASecondTakeFourSecondsLessOne()
    {
        Assert.Equal(0, (await TypeAsync("rate-limit")).ExitCode);
        var report = await _shell.ReportAsync("paced");
        Assert.Equal(20, Succeeded(report));
        Assert.True(Took(report) >= TimeSpan.FromSeconds(19 / 5.0), $"20 items at 5 a second took {Took(report)}.");
    }

    [Fact]
    public async Task Deadline_ThatIsLongEnough_ChangesNothing()
    {
        Assert.Equal(0, (await TypeAsync("deadline-kept")).ExitCode);
        Assert.Equal(5, Succeeded(await _shell.ReportAsync("in-time")));
    }

    [Fact]
    public async Task Deadline_ThatIsTooShort_CancelsWhatIsInFlight()
    {
        Assert.Equal(4, (await TypeAsync("deadline-missed")).ExitCode);
        var report = await _shell.ReportAsync("too-late");
        Assert.Equal(("TimedOut", "DeadlineReached"), (report.GetProperty("status").GetString(), report.GetProperty("reason").GetString()));
        Assert.Equal(0, Succeeded(report));
        Assert.Equal(5, report.GetProperty("tally").GetProperty("cancelled").GetInt32() + report.GetProperty("notStarted").GetInt32());
        Assert.True(Took(report) < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Errors_AreCollectedWhileTheOthersGoOn()
    {
        var typed = await TypeAsync("collect-errors");
        var failed = typed.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal([0, 2, 4, 6, 8], failed.Select(line => line.GetProperty("index").GetInt32()));
        Assert.All(failed, line => Assert.Equal("ExitCode1", line.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal("CompletedWithFailures", (await _shell.ReportAsync("collected")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task FailFast_StopsAtTheFirstFailure()
    {
        Assert.Equal(3, (await TypeAsync("fail-fast")).ExitCode);
        var report = await _shell.ReportAsync("fast");
        Assert.Equal("ToleranceExceeded", report.GetProperty("reason").GetString());
        Assert.Equal(1, report.GetProperty("tally").GetProperty("failed").GetInt32());
        Assert.Equal(9, report.GetProperty("notStarted").GetInt32());
    }

    [Fact]
    public async Task HorizontalScale_TwoProcessesShareOneHome()
    {
        Assert.Equal(0, (await TypeAsync("horizontal-scale")).ExitCode);
        Assert.Equal((500, 500), (Succeeded(await _shell.ReportAsync("left")), Succeeded(await _shell.ReportAsync("right"))));
    }

    [Fact]
    public async Task CrashAndResume_GivesEachItemOneOutcome()
    {
        var typed = await TypeAsync("crash-and-resume");
        Assert.Equal(0, typed.ExitCode);
        Assert.Contains("Run crashed succeeded", typed.Output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 100), (await _shell.ResultsAsync("crashed")).Select(line => line.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task NothingIsLeft_NoCommandOutlivesItsRun()
    {
        Assert.Equal(4, (await TypeAsync("nothing-left")).ExitCode);
        Assert.Equal(3, (await _shell.ReportAsync("left-behind")).GetProperty("tally").GetProperty("cancelled").GetInt32());
        Assert.Empty(ProcessesOf("left-behind"));
    }

    [Fact]
    public void EveryPatternThatIsACommand_IsTypedByATestHere()
    {
        string[] typed =
        [
            "worker-pool", "fan-out-fan-in", "semaphore", "rate-limit", "deadline-kept", "deadline-missed", "collect-errors", "fail-fast",
            "horizontal-scale", "crash-and-resume", "nothing-left",
        ];
        Assert.Equal(typed.Order(StringComparer.Ordinal), Readme.Patterns().Order(StringComparer.Ordinal));
    }

    private static int Succeeded(JsonElement report) => report.GetProperty("tally").GetProperty("succeeded").GetInt32();

    private static TimeSpan Took(JsonElement report) =>
        report.GetProperty("endedAt").GetDateTimeOffset() - report.GetProperty("startedAt").GetDateTimeOffset();

    // Commands have the run's id in their environment, and run where it was typed: elsewhere there may be another run of that id.
    private List<string> ProcessesOf(string runId)
    {
        var found = new List<string>();
        if (!OperatingSystem.IsLinux())
            return found;
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (File.ResolveLinkTarget(Path.Combine(directory, "cwd"), returnFinalTarget: false)?.FullName == _shell.WorkingDirectory
                    && File.ReadAllText(Path.Combine(directory, "environ")).Split('\0').Contains($"FANOUT_RUN_ID={runId}", StringComparer.Ordinal))
                    found.Add(directory);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // The process has ended, or is somebody else's.
            }
        }

        return found;
    }

    private Task<ShellResult> TypeAsync(string pattern) => _shell.RunAsync(Readme.Commands(pattern));
}
