using Fanout.Processing;

namespace Fanout.Dispatch;

/// <summary>What is to be done with a delivered batch, given what became of its earlier deliveries: pure.</summary>
/// <param name="Kind">In short.</param>
/// <param name="Crashes">Executions that are known to have died of it.</param>
internal readonly record struct Treatment(TreatmentKind Kind, int Crashes)
{
    /// <summary>
    /// Deliveries say how often a worker died with the batch, or was cut off, or left it to others: enough to suspect it, and to split what it may
    /// have died of. To blame an item takes more: executions that began it, alone in their processes, and were not heard of again.
    /// </summary>
    /// <param name="delivery">How often it was delivered, this time included.</param>
    /// <param name="input">The batch.</param>
    /// <param name="byKey">Its range is one of keys.</param>
    /// <param name="earlier">The checkpoints of its executions.</param>
    /// <param name="most">Deliveries after which it is suspected; deaths after which an item is blamed.</param>
    public static Treatment Of(long delivery, BatchInput input, bool byKey, IReadOnlyList<BatchCheckpoint> earlier, int most)
    {
        if (input.Isolated)
        {
            var deaths = earlier.Count(checkpoint => checkpoint is { IsAlone: true, Survived: false });
            if (!IsOneItem(input, byKey))
                return new Treatment(deaths > 0 ? TreatmentKind.Split : TreatmentKind.Alone, deaths);
            return new Treatment(deaths >= most ? TreatmentKind.Blame : TreatmentKind.Alone, deaths);
        }

        var crashes = (int)Math.Min(delivery - 1 - earlier.Count(checkpoint => checkpoint.Survived), int.MaxValue);
        var kind = delivery == 1 ? TreatmentKind.Ordinary : crashes >= most ? TreatmentKind.Split : TreatmentKind.Careful;
        return new Treatment(kind, crashes);
    }

    /// <summary>Are the earlier executions to be known? They seldom are.</summary>
    public static bool NeedsHistory(long delivery, BatchInput input, int most) => input.Isolated ? delivery > 1 : delivery > most;

    /// <summary>It can be of one item only that its workers die.</summary>
    public static bool IsOneItem(BatchInput input, bool byKey) =>
        byKey ? input.MaxStarts == 1 && KeysOf(input) == 1 : input.Pending.Count + input.End - input.Start == 1;

    private static long KeysOf(BatchInput input) =>
        input.Keys.Select(key => key.Number).Concat(input.Pending.Select(item => item.Key ?? -1)).Distinct().Count(key => key < input.Start || key >= input.End)
        + Math.Max(0, input.End - input.Start);
}

/// <summary>In short, what is to be done with a delivered batch.</summary>
internal enum TreatmentKind
{
    /// <summary>Nothing is known against it.</summary>
    Ordinary,

    /// <summary>A worker died with it: few items are begun and the rest is handed back, so that few are suspected if another dies.</summary>
    Careful,

    /// <summary>It is worked with nothing else beside it.</summary>
    Alone,

    /// <summary>It is not worked; its branch splits it.</summary>
    Split,

    /// <summary>Its one item fails without being handled.</summary>
    Blame,
}
