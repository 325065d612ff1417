using System.Text.Json;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>What Fanout costs when handlers wait, as those that call something do.</summary>
internal sealed class DelayScenario(double scale) : IScenario
{
    private const int Concurrency = 64;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);
    private readonly long _items = (long)(40_000 * scale);

    public string Name => "5ms";

    public string Description => $"{_items:N0} JSON Lines items through a handler that waits 5 ms, against Parallel.ForEachAsync; both with concurrency {Concurrency}";

    public Goal Goal { get; } = new("items/s", Comparing.Ratio, 0.98);

    public int Rounds => 5;

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        var spec = Specs.JsonLines(JsonLinesFile.Of(_items, scratch), "wait", Concurrency);
        var elapsed = await EmbeddedRun.DriveAsync(scratch.Own("home"), spec, _items, fanout => fanout.AddHandler<JsonElement>("wait", WaitAsync));
        return _items / elapsed.TotalSeconds;
    }

    public async Task<double?> MeasureBaselineAsync(Scratch scratch)
    {
        var elapsed = await HandWrittenLoop.RunAsync(JsonLinesFile.Of(_items, scratch), scratch.Own("results.jsonl"), Concurrency, WaitAsync);
        return _items / elapsed.TotalSeconds;
    }

    private static Task WaitAsync(JsonElement item, CancellationToken cancellationToken) => Task.Delay(Delay, TimeProvider.System, cancellationToken);
}
