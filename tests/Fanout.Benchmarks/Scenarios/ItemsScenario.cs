using System.Diagnostics;
using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>The command over few items and over many: how fast, its start included, and its memory.</summary>
internal sealed class ItemsScenario(string name, long items) : IScenario
{
    private double _megabytes;

    public string Name => name;

    public string Description => $"{items:N0} JSON Lines items through a no-op handler by the command, all results kept, start-up included; and its peak resident memory";

    public Goal Goal { get; } = new("items/s", Comparing.Value);

    public int Rounds => 1;

    public int WarmUps => 0;

    public string? Note => _megabytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{items:N0} items, at most {_megabytes:N0} MB in memory") : null;

    public string? Unavailable => OperatingSystem.IsLinux() ? null : "it reads /proc, which only Linux has.";

    /// <summary>A thousand to ten million.</summary>
    public static IEnumerable<IScenario> Sweep(double scale) =>
        Enumerable.Range(3, 5).Select(power => new ItemsScenario(
            string.Create(CultureInfo.InvariantCulture, $"items-1e{power}"), Math.Max(1, (long)(Math.Pow(10, power) * scale))));

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        var path = JsonLinesFile.Of(items, scratch);
        var started = Stopwatch.GetTimestamp();
        using var process = FanoutCommand.Start("run", "--jsonl", path, "--handler", "noop", "--quiet", "--home", scratch.Own("home"));
        _megabytes = Math.Max(_megabytes, await PeakMemory.WatchAsync(process));
        return items / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);
}
