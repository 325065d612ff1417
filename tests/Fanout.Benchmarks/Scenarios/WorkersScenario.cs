using System.Globalization;
using Fanout.Azure.Tests.Support;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>What more workers are worth: a run whose batches travel by queue, with four workers against one. Each has as many items as take it the same time.</summary>
internal sealed class WorkersScenario(double scale) : IScenario
{
    private const int Workers = 4;
    private const int BatchesPerWorker = 2;
    private const int InFlightPerBatch = 4;

    private readonly long _itemsPerWorker = (long)(12_000 * scale);

    public string Name => "workers";

    public string Description =>
        $"items through a handler that waits 20 ms, by queue over Azurite, {Workers} workers against one, {_itemsPerWorker:N0} items and {BatchesPerWorker * InFlightPerBatch} in flight for each worker";

    public Goal Goal { get; } = new("items/s", Comparing.Ratio, 3.5);

    public int Rounds => 3;

    public int WarmUps => 0;

    public string? Unavailable => WorkerProcesses.Unavailable;

    public Task<double> MeasureOursAsync(Scratch scratch) => MeasureAsync(scratch, Workers);

    public async Task<double?> MeasureBaselineAsync(Scratch scratch) => await MeasureAsync(scratch, 1);

    private async Task<double> MeasureAsync(Scratch scratch, int workers)
    {
        await using var azurite = await Azurite.StartAsync();
        using var working = new WorkerProcesses(azurite, workers, "--batches", Text(BatchesPerWorker));
        var (items, lanes) = (_itemsPerWorker * workers, BatchesPerWorker * workers);
        var elapsed = FanoutCommand.Run([
            "run", "--range", $"0..{Text(items)}", "--handler", "delay", "--set", "for=20ms", "--dispatch", "queue",
            "--lanes", Text(lanes), "--concurrency", Text(lanes * InFlightPerBatch), "--home", scratch.Own("home"), .. working.Account]);
        return items / elapsed.TotalSeconds;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
