namespace Fanout.Runs;

/// <summary>What people and the failure policy have asked of a run, durable and versioned: the desired state that every batch watches.</summary>
/// <param name="Version">Grows by one with every change.</param>
/// <param name="Paused">True: nothing new starts.</param>
/// <param name="Stop">Not null: the run is to end for this reason; never taken back.</param>
/// <param name="Message">More about the stop, for the report.</param>
/// <param name="Concurrency">Retuned concurrency; null: the spec's.</param>
/// <param name="Rate">Retuned rate; null: the spec's.</param>
/// <param name="Burst">Retuned burst; null: the spec's.</param>
/// <param name="Tolerate">Retuned tolerance; null: the spec's.</param>
/// <param name="Weight">Retuned share of contended limits; null: the spec's.</param>
public sealed record RunControl(
    long Version = 0,
    bool Paused = false,
    CompletionReason? Stop = null,
    string? Message = null,
    int? Concurrency = null,
    Rate? Rate = null,
    int? Burst = null,
    Tolerance? Tolerate = null,
    double? Weight = null)
{
    /// <summary>Nothing was asked yet.</summary>
    public static RunControl Initial { get; } = new();

    /// <summary>What a run may use that was to have <paramref name="asked"/>. A new rate without a burst gets at least its own default burst.</summary>
    public Allotment Over(Allotment asked)
    {
        var burst = Burst ?? (Rate is null ? asked.Burst : Math.Max(asked.Burst, FlowSpec.DefaultBurst(Rate)));
        return new Allotment(Concurrency ?? asked.Concurrency, Rate ?? asked.Rate, burst);
    }
}
