namespace Fanout.Flow;

/// <summary>How often a process turns to a store of limits: a matter of how far away that is.</summary>
/// <param name="Renew">How often shares are renewed, less than half of <see cref="LimitRenewal.Lease"/>: a change of a limit is felt as soon.</param>
/// <param name="Look">How often a process that waits for others to come down looks whether they have.</param>
/// <param name="Apart">The least time between two renewals, also when there is news to tell at once.</param>
public readonly record struct LimitBeat(TimeSpan Renew, TimeSpan Look, TimeSpan Apart)
{
    /// <summary>For a store on this machine: every 100 ms, looks every 20 ms, news at once.</summary>
    public static LimitBeat OnThisMachine { get; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), TimeSpan.Zero);

    /// <summary>For one over a network, whose operations take a while and are paid for: every second, looks and news at most five times a second.</summary>
    public static LimitBeat OverANetwork { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200));
}
