namespace Fanout.Planning.Costs;

/// <summary>What a run comes to: batches, orchestrations, time. Pure arithmetic over a <see cref="Workload"/>, whatever the back end.</summary>
internal sealed record FanoutShape
{
    /// <summary>Estimates it.</summary>
    public FanoutShape(Workload load, CostModel model)
    {
        Work = WorkOf(load, model);
        ItemsASecondOfALane = load.Items / Work.TotalSeconds / load.Lanes;
        Batches = load.Items == 0 ? 0 : BatchesOf(load, model, ItemsASecondOfALane);
        Time = Seconds(Work.TotalSeconds + model.StartAndEnd.TotalSeconds + (Batches / load.Lanes * model.BatchOverhead.TotalSeconds));
        Branches = Math.Max(Math.Min(load.Branches, Batches), Math.Ceiling(Batches * EventsOfABatch(load, model) / model.HistoryBudget));
        Roots = 1 + Math.Floor(Branches * model.EventsOfACall / model.HistoryBudget);
        Events = load.ByQueue ? Batches : 0;
    }

    /// <summary>The time the items take, were there nothing else.</summary>
    public TimeSpan Work { get; }

    /// <summary>How fast a lane is meanwhile.</summary>
    public double ItemsASecondOfALane { get; }

    /// <summary>Batches.</summary>
    public double Batches { get; }

    /// <summary>From start to report.</summary>
    public TimeSpan Time { get; }

    /// <summary>Branches, each of which hands over when its history is long enough.</summary>
    public double Branches { get; }

    /// <summary>Executions of the root, likewise.</summary>
    public double Roots { get; }

    /// <summary>External events that bring results.</summary>
    public double Events { get; }

    /// <summary>The plan, a call or a sending for each batch, one for each branch that ends, and the report.</summary>
    public double Activities => 1 + Batches + Branches + 1;

    /// <summary>Times an orchestrator runs on: started, and for each result and event. A branch also ends, which its root hears.</summary>
    public double Episodes => Roots + (2 * Branches) + Activities + Events;

    /// <summary>So many seconds, or as many as can be told.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));

    /// <summary>Processes that work the lanes.</summary>
    public static double Workers(Workload load, CostModel model) => Math.Ceiling(load.Lanes / model.LanesOfAWorker);

    private static double EventsOfABatch(Workload load, CostModel model) => load.ByQueue ? model.EventsOfASending : model.EventsOfACall;

    // Bounded by how many may be in flight, by the rate, or by what an item costs its worker. No run is over before its first item is.
    private static TimeSpan WorkOf(Workload load, CostModel model)
    {
        var byConcurrency = load.ItemTime.TotalSeconds * load.Items / Math.Max(1, load.Concurrency);
        var byOverhead = model.ItemOverhead.TotalSeconds * load.Items / Workers(load, model);
        return new[] { Seconds(Math.Max(byConcurrency, byOverhead)), load.ItemTime, load.MinimumByRate ?? TimeSpan.Zero, TimeSpan.FromMilliseconds(1) }.Max();
    }

    // Guided self-scheduling (Polychronopoulos and Kuck, 1987): a range is a 2L-th of what is left, but no longer than a slice lasts and no shorter
    // than is worth a batch. While it is a slice, that is (N - 2 L s) / s batches; from there each takes a 2L-th of the rest, so that 2 L ln(s / m) of
    // them bring a range down to m; then 2 L of m are left.
    private static double BatchesOf(Workload load, CostModel model, double itemsASecond)
    {
        var worth = model.WorthASending.TotalSeconds;
        var longest = Math.Clamp(itemsASecond * load.Slice.TotalSeconds, 1, Math.Max(1, load.LongestRange));
        var shortest = Math.Clamp(itemsASecond * worth, Math.Clamp(load.ShortestRange, 1, longest), longest);
        var takers = 2.0 * load.Lanes;
        var cut = Math.Max(0, (load.Items / longest) - takers);
        var first = Math.Min(longest, load.Items / takers);
        var guided = Math.Min(takers, load.Items / shortest) * (1 + Math.Log(Math.Max(1, first / shortest)));
        // At first nobody knows how fast items are: every lane gets a range.
        return Math.Clamp(Math.Ceiling(cut + guided), Math.Min(load.Lanes, load.Items), load.Items);
    }
}
