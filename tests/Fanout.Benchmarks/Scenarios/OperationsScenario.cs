using System.Globalization;
using Fanout.Azure.Tests.Support;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>What short items cost: operations of the storage account, as it counts them itself, for each thousand.</summary>
internal sealed class OperationsScenario(double scale) : IScenario
{
    private readonly long _items = (long)(200_000 * scale);

    public string Name => "operations";

    public string Description => $"storage operations for each 1,000 of {_items:N0} no-op items, by queue over Azurite with one worker, everything counted that coordinator and worker ask";

    public Goal Goal { get; } = new("operations", Comparing.Value, 12);

    public int Rounds => 3;

    public int WarmUps => 0;

    public string? Unavailable => WorkerProcesses.Unavailable;

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        await using var azurite = await Azurite.StartAsync();
        using var working = new WorkerProcesses(azurite, 1);
        FanoutCommand.Run([
            "run", "--range", $"0..{_items.ToString(CultureInfo.InvariantCulture)}", "--handler", "noop", "--dispatch", "queue",
            "--home", scratch.Own("home"), .. working.Account]);
        return (await azurite.CountAsync()).Total * 1_000.0 / _items;
    }
}
