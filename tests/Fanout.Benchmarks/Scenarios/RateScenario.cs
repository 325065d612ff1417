using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>Items a second, all results kept, against somebody else who does the same work, or against the ideal.</summary>
internal sealed class RateScenario : IScenario
{
    private static readonly FanoutInProcess Fanout = new();

    public required string Name { get; init; }

    /// <summary>What both do with each item.</summary>
    public required Workload Work { get; init; }

    /// <summary>Fanout's items.</summary>
    public required long Items { get; init; }

    /// <summary>Against whom; null: against items that take as long as their handlers and no longer.</summary>
    public IContender? Rival { get; init; }

    /// <summary>The rival's items, fewer where it is slow: rates are compared. Default: as many.</summary>
    public long? RivalItems { get; init; }

    public Goal Goal { get; init; } = new("items/s", Comparing.Ratio);

    public int Rounds { get; init; } = 3;

    public int WarmUps { get; init; } = 1;

    public string? Note => Rival?.Note;

    public string Description => Rival is null
        ? $"{Items:N0} {Work}, against handlers that nothing holds up"
        : $"{Items:N0} {Work}, against {Rival.Name}{(RivalItems is { } items && items != Items ? $" with {items:N0}" : "")}";

    public Task<double> MeasureOursAsync(Scratch scratch) => MeasureAsync(Fanout, Items, scratch);

    public async Task<double?> MeasureBaselineAsync(Scratch scratch) =>
        Rival is null ? Work.Ideal : await MeasureAsync(Rival, RivalItems ?? Items, scratch);

    private async Task<double> MeasureAsync(IContender contender, long items, Scratch scratch)
    {
        var elapsed = await contender.WorkAsync(Work, JsonLinesFile.Of(items, scratch, Work.ItemBytes), items, scratch);
        return items / elapsed.TotalSeconds;
    }
}
