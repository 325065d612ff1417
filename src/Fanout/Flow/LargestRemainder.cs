namespace Fanout.Flow;

/// <summary>Whole percents that add up to 100: the method of largest remainders (Hamilton, 1792).</summary>
internal static class LargestRemainder
{
    /// <summary>
    /// Each weight's share rounded down, and what is then missing from 100 given to those that lost most by it, of equals to the heavier, then
    /// to the one that comes first.
    /// </summary>
    /// <param name="weights">Not negative; they may add up to at most <see cref="long.MaxValue"/>.</param>
    /// <returns>As many as there are weights; all 0 when these are.</returns>
    public static int[] Percents(IReadOnlyList<long> weights)
    {
        var percents = new int[weights.Count];
        var total = weights.Sum();
        if (total == 0)
            return percents;
        var remainders = new Int128[weights.Count];
        for (var i = 0; i < percents.Length; i++)
        {
            var (percent, remainder) = Int128.DivRem((Int128)weights[i] * 100, total);
            (percents[i], remainders[i]) = ((int)percent, remainder);
        }

        // The remainders add up to what is missing, each less than one: it goes round once at most.
        var missing = 100 - percents.Sum();
        foreach (var i in Enumerable.Range(0, percents.Length).OrderByDescending(i => remainders[i]).ThenByDescending(i => weights[i]).Take(missing))
            percents[i]++;
        return percents;
    }
}
