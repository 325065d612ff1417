using System.ComponentModel;
using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>Instructions an item takes, counted by the processor: unlike time they are the same whatever else the machine does. By perf(1), over the whole command.</summary>
internal sealed class InstructionsScenario(double scale) : IScenario
{
    private const string Event = "instructions:u";

    private readonly long _items = (long)(1_000_000 * scale);

    public string Name => "instructions";

    public string Description => $"instructions for each of {_items:N0} JSON lines through a no-op handler, by the command, all results kept: what twice as many take more";

    public Goal Goal { get; } = new("instructions/item", Comparing.Value);

    public int Rounds => 3;

    public string? Unavailable => Count("true") is null ? "perf is not installed, or this machine does not count instructions." : null;

    public Task<double> MeasureOursAsync(Scratch scratch) => Task.FromResult((Count(scratch, 2 * _items) - Count(scratch, _items)) / _items);

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);

    private static double Count(Scratch scratch, long items) =>
        Count(
            FanoutCommand.Executable, "run", "--jsonl", JsonLinesFile.Of(items, scratch), "--handler", "noop", "--quiet", "--home", scratch.Own(string.Create(CultureInfo.InvariantCulture, $"home-{items}")))
        ?? throw new InvalidOperationException("perf counted nothing.");

    // perf-stat(1), -x: the number first, or why there is none.
    private static double? Count(string program, params IEnumerable<string> arguments)
    {
        var counted = Path.GetTempFileName();
        try
        {
            Processes.Run("perf", ["stat", "-x,", "-e", Event, "-o", counted, "--", program, .. arguments]);
            var line = File.ReadLines(counted).FirstOrDefault(line => line.Contains(Event, StringComparison.Ordinal));
            return double.TryParse(line?.Split(',')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var count) ? count : null;
        }
        catch (Win32Exception)
        {
            // There is no perf.
            return null;
        }
        finally
        {
            File.Delete(counted);
        }
    }
}
