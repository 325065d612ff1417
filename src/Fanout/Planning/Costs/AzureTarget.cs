namespace Fanout.Planning.Costs;

/// <summary>What is said of Azure, to plan a run for it.</summary>
/// <param name="ItemTime">How long an item takes; null: it is not known, and <see cref="AzurePlan.AssumedItemTime"/> is assumed.</param>
/// <param name="Prices">What things cost there.</param>
public sealed record AzureTarget(TimeSpan? ItemTime, PriceList Prices)
{
    /// <summary>The longest time an item can be said to take: 24 h.</summary>
    public static TimeSpan LongestItemTime { get; } = TimeSpan.FromDays(1);
}
