using Fanout.Flow;

namespace Fanout.Views;

/// <summary>A limit, and who has what share of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Concurrency">Units in flight over all runs; left out: no limit.</param>
/// <param name="Rate">Starts over all runs; left out: no limit.</param>
/// <param name="Burst">Starts that may come at once; left out without a rate.</param>
/// <param name="Wanted">Units in flight that runs would use now.</param>
/// <param name="Granted">Units in flight that processes may have now.</param>
/// <param name="Runs">The runs under it, by id.</param>
public sealed record LimitView(string Name, int? Concurrency, Rate? Rate, int? Burst, long Wanted, long Granted, IReadOnlyList<LimitRunView> Runs)
{
    /// <summary>Makes it.</summary>
    public static LimitView Of(LimitLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var limit = ledger.Limit;
        var runs = ledger.Holdings.SelectMany(holding => holding.Runs).GroupBy(run => run.RunId, StringComparer.Ordinal)
            .OrderBy(run => run.Key, StringComparer.Ordinal)
            .Select(run => new LimitRunView(run.Key, run.First().Weight, run.Sum(share => share.Wanted), run.Sum(share => share.Granted)))
            .ToList();
        return new LimitView(
            limit.Name, limit.Concurrency, limit.Rate, limit.Rate is null ? null : limit.Burst,
            runs.Sum(run => (long)run.Wanted), ledger.Holdings.Sum(holding => (long)holding.Concurrency), runs);
    }
}

/// <summary>A run's part in a limit, in whichever processes it runs.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Wanted">Units in flight it would use.</param>
/// <param name="Granted">Units in flight it may use.</param>
public sealed record LimitRunView(string RunId, double Weight, int Wanted, int Granted);

/// <summary>All limits.</summary>
/// <param name="Limits">By name.</param>
public sealed record LimitList(IReadOnlyList<LimitView> Limits);
