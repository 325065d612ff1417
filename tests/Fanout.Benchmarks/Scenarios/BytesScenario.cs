using System.Text.Json.Nodes;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>What an item allocates. Of what a run allocates, whatever its length, nothing is left in the difference of two lengths.</summary>
internal sealed class BytesScenario(string name, string what, Func<long, Scratch, JsonObject> spec, long items) : IScenario
{
    private const string Typed = "increment";

    public string Name => $"bytes-{name}";

    public string Description => $"bytes allocated for each of {items:N0} {what}, all results kept: what twice as many allocate more";

    public Goal Goal { get; } = new("B/item", Comparing.Value, 200);

    public int Rounds => 3;

    public int WarmUps => 1;

    /// <summary>The ways of an item through a run that costs nothing else.</summary>
    public static IEnumerable<IScenario> Sweep(double scale)
    {
        var (concurrency, items) = (Workload.Noop.Concurrency, (long)(500_000 * scale));
        return
        [
            new BytesScenario("jsonl", "JSON lines through a no-op handler", (count, scratch) => RunRequest.JsonLines(JsonLinesFile.Of(count, scratch), "noop", concurrency), items),
            new BytesScenario("range", "numbers through a no-op handler", (count, _) => RunRequest.Range(count, "noop", concurrency), items),
            new BytesScenario("typed", "numbers through a handler in C# from int to int", (count, _) => RunRequest.Range(count, Typed, concurrency), items),
        ];
    }

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        await using var home = await EmbeddedHome.OpenAsync(scratch.Own("home"), fanout => fanout.AddHandler<int, int>(Typed, static number => number + 1));
        // The first time brings buffers that the others use again.
        await AllocatedAsync(home, "warm-up", items, scratch);
        var once = await AllocatedAsync(home, "once", items, scratch);
        var twice = await AllocatedAsync(home, "twice", 2 * items, scratch);
        return (twice - once) / (double)items;
    }

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);

    private async Task<long> AllocatedAsync(EmbeddedHome home, string id, long count, Scratch scratch)
    {
        var run = spec(count, scratch);
        run["id"] = id;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await home.DriveAsync(run, count);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
