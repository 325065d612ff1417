using System.Diagnostics;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>
/// How soon a run that was killed gets on: from the start of the process that resumes it to the first start of an item that was never started before.
/// What was started since the last checkpoint is started again first.
/// </summary>
internal sealed class ResumeScenario(string name, long items, int rounds, double? bound = null) : IScenario
{
    private const string Run = "benchmark";
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StillFor = TimeSpan.FromMilliseconds(300);

    public string Name => name;

    public string Description => $"a run over {items:N0} JSON Lines items is killed (SIGKILL) in its middle; from the start of `fanout resume` to the first start of an item that never was started";

    public Goal Goal { get; } = new("s", Comparing.Value, bound);

    public int Rounds => rounds;

    // Each is a process of its own.
    public int WarmUps => 0;

    /// <summary>A million, and whether it matters how many there are.</summary>
    public static IEnumerable<IScenario> Sweep(double scale) =>
    [
        new ResumeScenario("resume", (long)(1_000_000 * scale), rounds: 5, bound: 1),
        new ResumeScenario("resume-1e5", (long)(100_000 * scale), rounds: 3),
        new ResumeScenario("resume-1e7", (long)(10_000_000 * scale), rounds: 3),
    ];

    public string? Unavailable => OperatingSystem.IsWindows() ? "it needs a shell." : null;

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        var path = JsonLinesFile.Of(items, scratch);
        var starts = scratch.Own("starts");
        await File.WriteAllTextAsync(starts, "");
        await KillInTheMiddleAsync(
            starts, "run", "--id", Run, "--jsonl", path, "--concurrency", "4", "--quiet", "--home", scratch.Own("home"), "--", "sh", "-c", $"echo $0 >> '{starts}'", "{#}");
        await WhenStillAsync(starts);
        var before = (await File.ReadAllLinesAsync(starts)).ToHashSet();

        var started = Stopwatch.GetTimestamp();
        using var resumed = FanoutCommand.Start("resume", Run, "--quiet", "--home", scratch.Own("home"));
        await WhenNewAsync(starts, before, resumed);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await KillAsync(resumed);
        await WhenStillAsync(starts);
        return elapsed.TotalSeconds;
    }

    // Long enough that some checkpoints are behind it and something is ahead of the last.
    private static async Task KillInTheMiddleAsync(string starts, params string[] arguments)
    {
        using var process = FanoutCommand.Start(arguments);
        await WhenAsync(() => new FileInfo(starts).Length > 0, process);
        await Task.Delay(TimeSpan.FromSeconds(3.5), TimeProvider.System);
        await KillAsync(process);
    }

    private static async Task KillAsync(Process process)
    {
        if (process.HasExited)
            throw new InvalidOperationException($"fanout ended before it was killed: {await process.StandardError.ReadToEndAsync()}");
        process.Kill();
        await process.WaitForExitAsync();
    }

    private static async Task WhenNewAsync(string starts, HashSet<string> before, Process process)
    {
        using var lines = new StreamReader(new FileStream(starts, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        lines.BaseStream.Seek(0, SeekOrigin.End);
        await WhenAsync(
            () =>
            {
                // An append of a few bytes is there whole or not at all.
                while (lines.ReadLine() is { } index)
                {
                    if (!before.Contains(index))
                        return true;
                }

                return false;
            },
            process);
    }

    private static async Task WhenAsync(Func<bool> condition, Process process)
    {
        var waitingSince = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(waitingSince) > GiveUpAfter)
                throw new InvalidOperationException("fanout started no item.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    // The killed process's children may outlive it.
    private static async Task WhenStillAsync(string path)
    {
        for (var length = -1L; new FileInfo(path).Length is var now && now != length; length = now)
        {
            await Task.Delay(StillFor, TimeProvider.System);
        }
    }
}
