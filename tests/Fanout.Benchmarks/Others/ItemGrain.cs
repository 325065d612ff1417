using System.Diagnostics;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>An item.</summary>
internal interface IItemGrain : IGrainWithIntegerKey
{
    /// <summary>Handles it, and keeps what came of it.</summary>
    Task HandleAsync(string item);
}

/// <summary>What came of an item.</summary>
[GenerateSerializer]
internal sealed class ItemState
{
    [Id(0)]
    public string? Status { get; set; }

    [Id(1)]
    public double DurationMs { get; set; }
}

/// <inheritdoc cref="IItemGrain"/>
internal sealed class ItemGrain([PersistentState("item", ItemGrain.Storage)] IPersistentState<ItemState> state, Workload work) : Grain, IItemGrain
{
    public const string Storage = "items";

    public async Task HandleAsync(string item)
    {
        var since = Stopwatch.GetTimestamp();
        await work.HandleLineAsync(item);
        state.State.Status = "Succeeded";
        state.State.DurationMs = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        await state.WriteStateAsync();
    }
}
