using System.Diagnostics;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>How soon a run that was killed works again: from the start of the process that resumes it to its first item's start.</summary>
internal sealed class ResumeScenario(double scale) : IScenario
{
    private const string Run = "benchmark";
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StillFor = TimeSpan.FromMilliseconds(300);
    private readonly long _items = (long)(1_000_000 * scale);

    public string Name => "resume";

    public string Description => $"a run over {_items:N0} JSON Lines items is killed (SIGKILL) in its middle; from the start of `fanout resume` to the first item it starts";

    public Goal Goal { get; } = new("s", Comparing.Value, 1);

    public int Rounds => 5;

    public string? Unavailable => OperatingSystem.IsWindows() ? "it needs a shell." : null;

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        var items = JsonLinesFile.Of(_items, scratch);
        var starts = scratch.Own("starts");
        await File.WriteAllTextAsync(starts, "");
        await KillInTheMiddleAsync(
            starts, "run", "--id", Run, "--jsonl", items, "--concurrency", "4", "--quiet", "--home", scratch.Own("home"), "--", "sh", "-c", $"echo x >> '{starts}'");
        var before = await WhenStillAsync(starts);

        var started = Stopwatch.GetTimestamp();
        using var resumed = FanoutCommand.Start("resume", Run, "--quiet", "--home", scratch.Own("home"));
        await WhenLongerAsync(starts, before, resumed);
        var elapsed = Stopwatch.GetElapsedTime(started);
        await KillAsync(resumed);
        await WhenStillAsync(starts);
        return elapsed.TotalSeconds;
    }

    // Long enough that some checkpoints are behind it and something is ahead of the last.
    private static async Task KillInTheMiddleAsync(string starts, params string[] arguments)
    {
        using var process = FanoutCommand.Start(arguments);
        await WhenLongerAsync(starts, 0, process);
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

    private static async Task WhenLongerAsync(string path, long length, Process process)
    {
        var waitingSince = Stopwatch.GetTimestamp();
        while (new FileInfo(path).Length <= length)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(waitingSince) > GiveUpAfter)
                throw new InvalidOperationException("fanout started no item.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    // The killed process's children may outlive it.
    private static async Task<long> WhenStillAsync(string path)
    {
        for (var length = -1L; ;)
        {
            var now = new FileInfo(path).Length;
            if (now == length)
                return length;
            length = now;
            await Task.Delay(StillFor, TimeProvider.System);
        }
    }
}
