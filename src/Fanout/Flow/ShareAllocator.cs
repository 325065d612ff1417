namespace Fanout.Flow;

/// <summary>
/// Divides something shared, permits to work, over those who want it. Pure: what a claimant had and has is in its claim, and comes back in the
/// next. <see cref="Shares"/> says what is fair, <see cref="Allocate"/> what is given now in whole permits, and <see cref="Accrue"/> keeps account
/// of the difference, so that over time everyone has its share, whole or not.
/// </summary>
public static class ShareAllocator
{
    /// <summary>
    /// How far, in seconds of its own share, another's claim to a permit must exceed its holder's before the permit changes hands: 0.2 s. Less,
    /// and permits change hands at every step; more, and shares are further from fair within seconds.
    /// </summary>
    public const double TurnQuantum = 0.2;

    /// <summary>Permit-seconds of credit or debt that count in full, for each permit at stake: 3. More count ever less.</summary>
    public const double FullCredit = 3;

    /// <summary>Permit-seconds of credit or debt at most, for each permit at stake: 30, which takes hours.</summary>
    public const double MostCredit = 30;

    /// <summary>
    /// Everyone's fair share: weighted max-min fairness by progressive filling (D. Bertsekas, R. Gallager, Data Networks, 2nd ed., 6.5.2). All shares
    /// grow in proportion to their weights until a claimant has all it wants; what it leaves, the others share alike. It does not depend on the order.
    /// </summary>
    /// <param name="capacity">Permits there are, 0 or more.</param>
    /// <param name="claims">Who wants how many; weights over 0.</param>
    /// <returns>A share each, in order, none over what was wanted; they add up to the capacity, or to all that was wanted if that is less.</returns>
    public static double[] Shares(int capacity, IReadOnlyList<ShareClaim> claims)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentNullException.ThrowIfNull(claims);
        double left = capacity;
        var shares = new double[claims.Count];
        var order = Enumerable.Range(0, claims.Count).Where(i => claims[i].Wanted > 0)
            .OrderBy(i => claims[i].Wanted / claims[i].Weight).ThenBy(i => claims[i].Weight).ToArray();
        // From the back: taking weights off a sum one by one would leave nothing but its rounding errors to the last.
        var weights = new double[order.Length + 1];
        for (var i = order.Length - 1; i >= 0; i--)
            weights[i] = weights[i + 1] + claims[order[i]].Weight;
        var level = double.PositiveInfinity;
        for (var i = 0; i < order.Length; i++)
        {
            var claim = claims[order[i]];
            if (double.IsInfinity(level) && left * claim.Weight / weights[i] < claim.Wanted)
                level = left / weights[i];
            shares[order[i]] = Math.Min(claim.Wanted, level * claim.Weight);
            left = Math.Max(0, left - shares[order[i]]);
        }

        return shares;
    }

    /// <summary>
    /// What each gets now, in whole permits. Everyone gets the whole permits of its share. Those left by rounding, and those of claimants whose
    /// share is less than they can use, go round: to whoever is furthest behind its share, in seconds of that share; who has them keeps them until
    /// another is <see cref="TurnQuantum"/> further behind. A claimant whose share is below its unit takes its units off the others' shares while
    /// it is behind its own, and nothing otherwise. Nothing that somebody wants and can use is left over.
    /// </summary>
    /// <param name="capacity">Permits there are, 0 or more.</param>
    /// <param name="claims">Who wants how many. Wanting less than a unit is wanting a unit; a unit over the capacity is the capacity.</param>
    /// <returns>For each, in order, 0, or from its unit to what it wants; together never over the capacity.</returns>
    public static int[] Allocate(int capacity, IReadOnlyList<ShareClaim> claims) => new ShareRounding(capacity, claims, Shares(capacity, claims)).Round();

    /// <summary>
    /// A claimant's credit after a while: permit-seconds it had less than its share, counted as for a unit at most, which is what rounding can do to
    /// it. Who had far more before others came, and comes down for them, does not pay for that much later. Up to <see cref="FullCredit"/> for each permit at stake they
    /// count in full, beyond that exponentially less, at most <see cref="MostCredit"/>: a long item, or a share that comes late, must not make others
    /// wait for as long afterwards. Yet it grows for hours, so that of those who wait for long items the one who has waited longest has most.
    /// </summary>
    /// <param name="credit">What it was.</param>
    /// <param name="share">Its fair share in that time, as <see cref="Shares"/> has it.</param>
    /// <param name="granted">Permits it had.</param>
    /// <param name="seconds">How long, 0 or more.</param>
    /// <param name="unit">Fewer permits than this are of no use to it.</param>
    public static double Accrue(double credit, double share, int granted, double seconds, int unit = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        var atStake = Math.Max(Math.Max(share, granted), unit);
        var fulls = Math.Abs(credit) / (FullCredit * atStake);
        var change = Math.Clamp(share - granted, -unit, unit) * seconds;
        if (fulls > 1 && Math.Sign(change) == Math.Sign(credit))
            change *= Math.Exp(1 - fulls);
        return Math.Clamp(credit + change, -MostCredit * atStake, MostCredit * atStake);
    }
}
