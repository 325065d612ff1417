using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>Whether memory grows with the number of items.</summary>
internal sealed class MemoryScenario(double scale) : IScenario
{
    private const long Few = 10_000;
    private readonly long _many = (long)(10_000_000 * scale);

    public string Name => "memory";

    public string Description => $"peak resident memory of the command over {_many:N0} JSON Lines items, against the command over {Few:N0}";

    public Goal Goal { get; } = new("MB", Comparing.Difference, 50);

    public int Rounds => 1;

    public int WarmUps => 0;

    public Task<double> MeasureOursAsync(Scratch scratch) => MeasureAsync(scratch, _many);

    public async Task<double?> MeasureBaselineAsync(Scratch scratch) => await MeasureAsync(scratch, Few);

    public string? Unavailable => OperatingSystem.IsLinux() ? null : "it reads /proc, which only Linux has.";

    private static async Task<double> MeasureAsync(Scratch scratch, long items)
    {
        using var process = FanoutCommand.Start("run", "--jsonl", JsonLinesFile.Of(items, scratch), "--handler", "noop", "--quiet", "--home", scratch.Own("home"));
        return await PeakMemory.WatchAsync(process);
    }
}
