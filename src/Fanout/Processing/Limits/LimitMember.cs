using Fanout.Flow;

namespace Fanout.Processing.Limits;

/// <summary>A run of this process under one limit.</summary>
/// <param name="limit">The limit.</param>
/// <param name="scope">The run.</param>
/// <param name="turn">Its place before the limit's pacer.</param>
internal sealed class LimitMember(SharedLimit limit, RunScope scope, LimitTurn turn)
{
    private const double WantedAhead = 1.25;
    private const int MostRateUnits = 1_000_000;

    private double _startsPerSecond;
    private long _startedBefore;
    private bool _waitedBefore;
    private int _whole = int.MaxValue;

    public SharedLimit Limit { get; } = limit;

    public LimitTurn Turn { get; } = turn;

    /// <summary>What the run's caps and its "waiting for" call the limit.</summary>
    public string Cause { get; } = $"limit {limit.Name}";

    public string RunId => scope.RunId;

    public double Weight => scope.Weight;

    /// <summary>Units in flight it may have; guarded by the limit's lock.</summary>
    public int Cap { get; private set; }

    /// <summary>Unit-seconds it has had less than its part; guarded by the limit's lock.</summary>
    public double Credit { get; set; }

    /// <summary>Units it has in flight or may start without asking. An item that counts for more than the whole limit has all of it.</summary>
    public int Held => Math.Max(Cap, Math.Min(scope.Pool.InUse, _whole));

    /// <summary>Units it would use: no more than its other caps let it, and a little, so that all can grow together; what an item needs that counts for more than those, all the same.</summary>
    public int Wanted
    {
        get
        {
            if (!scope.Gate.IsOpen)
                return 0;
            var others = scope.LimitCaps.OverOthers(scope.Caps.OverOthers(scope.Allotment.Concurrency, Cause), Cause);
            return Math.Min(scope.Pool.Demand, Math.Max(Unit, others + 1 + (others / 4)));
        }
    }

    /// <summary>Fewer units than this are of no use to it.</summary>
    public int Unit => Math.Min(scope.Pool.LargestWaiting, Math.Max(1, _whole));

    /// <summary>Sets its part; null: the limit has no concurrency.</summary>
    /// <param name="units">Units in flight.</param>
    /// <param name="whole">The limit's, which the part can come to.</param>
    public void SetCap(int? units, int? whole)
    {
        Cap = units ?? 0;
        _whole = whole ?? int.MaxValue;
        scope.LimitCaps.Set(Cause, units, whole);
    }

    /// <summary>Units of rate it would use: all when it had to wait, else what it used, and some.</summary>
    public int WantedRateUnits(LimitSpec? spec, double seconds)
    {
        if (seconds > 0)
        {
            (var started, _waitedBefore) = Limit.Pacer.Observe(Turn);
            // Over a second or so: a run that starts in bursts needs its units between them too.
            var recent = (started - _startedBefore) / seconds;
            _startsPerSecond = Math.Max(recent, _startsPerSecond + ((recent - _startsPerSecond) * Math.Min(1, seconds)));
            _startedBefore = started;
        }

        if (!scope.Gate.IsOpen || scope.Pool.Demand == 0)
            return 0;
        if (spec is null)
            return MostRateUnits;
        if (spec.Rate is null)
            return 0;
        var needed = Math.Ceiling(_startsPerSecond * WantedAhead / LimitRenewal.TokensPerSecond(spec)) + 1;
        return _waitedBefore ? spec.Burst : (int)Math.Min(needed, spec.Burst);
    }
}
