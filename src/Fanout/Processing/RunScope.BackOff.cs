using Fanout.Flow;

namespace Fanout.Processing;

/// <summary>How the run is slowed down by what its downstream says.</summary>
public sealed partial class RunScope
{
    // What is in use of the rate and burst: changing them to what they are would wake whoever waits for them.
    private Allotment _paced;

    /// <summary>The run's own back-off; whoever replaces <see cref="Throttles"/> falls back on it.</summary>
    internal RunBackOff BackOff { get; }

    /// <summary>What a throttle slows down. Default: the run.</summary>
    internal IThrottleScopes Throttles { get; set; }

    /// <summary>Finds the best concurrency by itself; null: the configured one is.</summary>
    internal AdaptiveConcurrency? Adaptive { get; }

    /// <summary>What the run may use just now: its allotment under its caps, its rate scaled by the back-off.</summary>
    internal Allotment EffectiveAllotment =>
        _allotment with { Concurrency = Caps.Over(_allotment.Concurrency).Concurrency, Rate = ScaledRate() };

    private Rate? ScaledRate() => _allotment.Rate is { } rate ? rate with { Count = rate.Count * BackOff.Factor } : null;

    private void OnAdapted()
    {
        lock (_lock)
            Caps.Set(WaitCauses.Adaptive, Adaptive!.Limit);
    }

    private void OnBackOffChanged()
    {
        lock (_lock)
        {
            CapByBackOff();
            RetunePacers();
        }
    }

    private void CapByBackOff()
    {
        if (!BackOff.IsActive)
        {
            Caps.Set(WaitCauses.BackOff, null);
            return;
        }

        var cap = BackOff.Cap(_allotment.Concurrency);
        Caps.Set(WaitCauses.BackOff, BackOff.IsBlocked ? 0 : cap, most: cap);
    }

    private void RetunePacers()
    {
        var paced = _allotment with { Rate = ScaledRate() };
        if (paced == _paced)
            return;
        _paced = paced;
        Pacer.Retune(paced.Rate, paced.Burst);
        foreach (var batch in _batches)
            batch.OnAllotmentChanged();
    }
}
