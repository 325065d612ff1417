namespace Fanout.Flow;

/// <summary>
/// Paces the starts of one process under a limit: a token bucket whose tokens are conserved. It holds some of the limit's units: so many
/// tokens at most, each filling at its unit's rate. Units come with the tokens they saved up elsewhere and leave with theirs, so that over all
/// processes never more than <c>burst + rate x t</c> starts come in any window of length t. Runs take turns by weight (start-time fair
/// queueing; Goyal, Vin and Cheng, 1996).
/// </summary>
/// <param name="time">The clock; only its monotonic timestamp is used.</param>
internal sealed class LimitPacer(TimeProvider time)
{
    // What rounding adds to a level in a lifetime of additions is far below this.
    private const double Rounding = 1e-9;

    // Whoever's turn it is may be held up elsewhere: the others ask again after this.
    private static readonly TimeSpan TurnPatience = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly List<LimitTurn> _turns = [];
    private double _level;
    private double _tokensPerSecond;
    private long _levelAt = time.GetTimestamp();
    private double _virtualTime;
    private TaskCompletionSource? _changed;

    /// <summary>Units it holds; 0: nothing may start.</summary>
    public int Units { get; private set; }

    /// <summary>Completes when a turn or the units change: whoever waits asks again.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>A run joins the queue.</summary>
    public LimitTurn Join()
    {
        lock (_lock)
        {
            var turn = new LimitTurn { Tag = _virtualTime };
            _turns.Add(turn);
            return turn;
        }
    }

    /// <summary>A run leaves it.</summary>
    public void Leave(LimitTurn turn)
    {
        lock (_lock)
        {
            _turns.Remove(turn);
            Signal();
        }
    }

    /// <summary>How long until the run may start an item of that cost; zero: now.</summary>
    public TimeSpan WaitFor(LimitTurn turn, int cost)
    {
        lock (_lock)
        {
            Fill();
            var needed = Math.Min(cost, Units) - _level;
            if (Units == 0 || _tokensPerSecond <= 0)
                return TimeSpan.FromSeconds(1);
            if (needed > 0)
                return TimeSpan.FromSeconds(Math.Min(needed / _tokensPerSecond, 3_600)) + TimeSpan.FromTicks(1);
            return IsTurnOf(turn) ? TimeSpan.Zero : TurnPatience;
        }
    }

    /// <summary>Says whether the run would start an item but for this limit: only then does it have a turn that others wait for.</summary>
    public void SetWaiting(LimitTurn turn, bool waits)
    {
        lock (_lock)
        {
            if (turn.Waits == waits)
                return;
            turn.Waits = waits;
            turn.HasWaited |= waits;
            if (!waits)
                Signal();
        }
    }

    /// <summary>Starts an item, unless the run would have to wait after all: another may have been first.</summary>
    public bool TryTake(LimitTurn turn, int cost)
    {
        lock (_lock)
        {
            Fill();
            if (Units == 0 || _level < Math.Min(cost, Units) || !IsTurnOf(turn))
                return false;
            _level -= cost;
            _virtualTime = Math.Max(turn.Tag, _virtualTime);
            turn.Tag = _virtualTime + (cost / turn.Weight);
            turn.Waits = false;
            turn.Started += cost;
            Signal();
            return true;
        }
    }

    /// <summary>Takes back what <see cref="TryTake"/> just took for a start that did not come about.</summary>
    public void Return(LimitTurn turn, int cost)
    {
        lock (_lock)
        {
            _level = Math.Min(_level + cost, Math.Max(Units, _level));
            turn.Tag -= cost / turn.Weight;
            turn.Started -= cost;
            Signal();
        }
    }

    /// <summary>Changes the units it holds.</summary>
    /// <param name="units">From now on.</param>
    /// <param name="tokensPerSecond">Of one unit.</param>
    /// <param name="addedTokens">What comes with units it did not have.</param>
    /// <returns>The tokens that leave with units it gives up.</returns>
    public double Hold(int units, double tokensPerSecond, double addedTokens)
    {
        lock (_lock)
        {
            Fill();
            var level = _level + addedTokens;
            // An item dearer than the burst leaves a debt, which stays.
            var kept = Math.Min(level, units);
            var changed = units != Units || tokensPerSecond * units != _tokensPerSecond;
            Units = units;
            _tokensPerSecond = tokensPerSecond * units;
            _level = kept;
            if (changed)
                Signal();
            return level - kept;
        }
    }

    /// <summary>What the run has started so far, and whether it had to wait since this was last asked.</summary>
    public (long Started, bool HasWaited) Observe(LimitTurn turn)
    {
        lock (_lock)
        {
            var hasWaited = turn.HasWaited;
            turn.HasWaited = turn.Waits;
            return (turn.Started, hasWaited);
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        var filled = time.GetElapsedTime(_levelAt, now).TotalSeconds * _tokensPerSecond * (1 - Rounding);
        _level = Math.Min(_level + filled, Math.Max(Units, _level));
        _levelAt = now;
    }

    private bool IsTurnOf(LimitTurn turn)
    {
        var mine = Math.Max(turn.Tag, _virtualTime);
        foreach (var other in _turns)
        {
            if (other != turn && other.Waits && Math.Max(other.Tag, _virtualTime) < mine)
                return false;
        }

        return true;
    }

    private void Signal()
    {
        _changed?.SetResult();
        _changed = null;
    }
}

/// <summary>A run's place in the queue before a <see cref="LimitPacer"/>; guarded by its lock.</summary>
internal sealed class LimitTurn
{
    /// <summary>The run's weight, over 0.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Virtual time of its next start.</summary>
    public double Tag { get; set; }

    public bool Waits { get; set; }

    /// <summary>It has waited since this was last asked.</summary>
    public bool HasWaited { get; set; }

    /// <summary>Cost of what it has started.</summary>
    public long Started { get; set; }
}
