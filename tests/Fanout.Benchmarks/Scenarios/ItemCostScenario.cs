using System.Text.Json.Nodes;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>
/// What an item costs a process: memory it allocates, processor time. Of what a run costs whatever its length, nothing is left in the difference of two lengths.
/// </summary>
internal sealed class ItemCostScenario(ItemCostScenario.Meter meter, ItemCostScenario.Way way, long items) : IScenario
{
    private const string Typed = "increment";

    public string Name => $"{meter.Name}-{way.Name}";

    public string Description => $"{meter.What} for each of {items:N0} {way.What}, all results kept: what twice as many take more";

    public Goal Goal => meter.Goal;

    public int Rounds => 3;

    public int WarmUps => 1;

    /// <summary>Each cost of each way of an item through a run that does nothing else.</summary>
    public static IEnumerable<IScenario> Sweep(double scale)
    {
        var (concurrency, items) = (Workload.Noop.Concurrency, (long)(500_000 * scale));
        Meter[] meters =
        [
            new("bytes", "bytes allocated", new Goal("B/item", Comparing.Value, 200), static () => GC.GetTotalAllocatedBytes(precise: true)),
            // In 100 ns, of which millions of items make enough.
            new("cpu", "processor time of all threads", new Goal("ns/item", Comparing.Value), static () => Environment.CpuUsage.TotalTime.TotalNanoseconds),
        ];
        Way[] ways =
        [
            new("jsonl", "JSON lines through a no-op handler", (count, scratch) => RunRequest.JsonLines(JsonLinesFile.Of(count, scratch), "noop", concurrency)),
            new("range", "numbers through a no-op handler", (count, _) => RunRequest.Range(count, "noop", concurrency)),
            new("typed", "numbers through a handler in C# from int to int", (count, _) => RunRequest.Range(count, Typed, concurrency)),
        ];
        return meters.SelectMany(meter => ways.Select(way => new ItemCostScenario(meter, way, items)));
    }

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        await using var home = await EmbeddedHome.OpenAsync(scratch.Own("home"), fanout => fanout.AddHandler<int, int>(Typed, static number => number + 1));
        // The first time brings buffers that the others use again.
        await TakenAsync(home, "warm-up", items, scratch);
        var once = await TakenAsync(home, "once", items, scratch);
        var twice = await TakenAsync(home, "twice", 2 * items, scratch);
        return (twice - once) / items;
    }

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);

    private async Task<double> TakenAsync(EmbeddedHome home, string id, long count, Scratch scratch)
    {
        var run = way.Spec(count, scratch);
        run["id"] = id;
        var before = meter.Read();
        await home.DriveAsync(run, count);
        return meter.Read() - before;
    }

    /// <summary>Something that a process uses up.</summary>
    internal sealed record Meter(string Name, string What, Goal Goal, Func<double> Read);

    /// <summary>A way of items through a run.</summary>
    internal sealed record Way(string Name, string What, Func<long, Scratch, JsonObject> Spec);
}
