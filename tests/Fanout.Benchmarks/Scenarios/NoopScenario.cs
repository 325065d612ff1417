using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>What Fanout itself costs: items that need nothing done.</summary>
internal sealed class NoopScenario(double scale) : IScenario
{
    // What suits the loop best: with more than a worker a processor it is slower.
    private static readonly int Concurrency = Environment.ProcessorCount;
    private readonly long _items = (long)(1_000_000 * scale);

    public string Name => "noop";

    public string Description => $"{_items:N0} JSON Lines items through a no-op handler, all results kept, against Parallel.ForEachAsync; both with concurrency {Concurrency}";

    public Goal Goal { get; } = new("items/s", Comparing.Ratio, 0.8);

    public int Rounds => 7;

    // The just-in-time compiler is done with both sides after about so many.
    public int WarmUps => 6;

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        var spec = Specs.JsonLines(JsonLinesFile.Of(_items, scratch), "noop", Concurrency);
        var elapsed = await EmbeddedRun.DriveAsync(scratch.Own("home"), spec, _items);
        return _items / elapsed.TotalSeconds;
    }

    public async Task<double?> MeasureBaselineAsync(Scratch scratch)
    {
        var elapsed = await HandWrittenLoop.RunAsync(JsonLinesFile.Of(_items, scratch), scratch.Own("results.jsonl"), Concurrency, static (_, _) => Task.CompletedTask);
        return _items / elapsed.TotalSeconds;
    }
}
