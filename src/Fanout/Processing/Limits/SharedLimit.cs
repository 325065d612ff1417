using Fanout.Flow;

namespace Fanout.Processing.Limits;

/// <summary>
/// One limit in this process: what the process holds of it, divided between the runs here. A run's part grows only by what is free, so the
/// parts never add up to more than the process holds.
/// </summary>
/// <param name="name">The limit's name.</param>
/// <param name="time">The clock.</param>
/// <param name="cameDown">Called when the process has come down to its target: others wait for it.</param>
internal sealed class SharedLimit(string name, TimeProvider time, Action cameDown)
{
    private readonly Lock _lock = new();
    private readonly List<LimitMember> _members = [];
    private LimitGrant? _grant;
    private double _tokensToReturn;
    private bool _isAbove;
    private bool _wasThrottled;
    private TimeSpan? _retryAfter;
    private volatile bool _hasSucceeded;
    private long _dividedAt = time.GetTimestamp();
    private long _reportedAt = time.GetTimestamp();

    public string Name { get; } = name;

    public LimitPacer Pacer { get; } = new(time);

    /// <summary>True: starts wait for the limit's rate. As long as nothing is known of the limit, nothing starts.</summary>
    public bool IsPaced => _grant?.Limit.Rate is not null;

    public bool IsUnused
    {
        get
        {
            lock (_lock)
                return _members.Count == 0;
        }
    }

    /// <summary>Others have to come down before this process gets what it is to have.</summary>
    public bool IsStarved => _grant is { IsStarved: true };

    /// <summary>The limit is slowed down, and successes bring it back.</summary>
    public bool IsSlowedDown => _wasThrottled || _grant is { IsSlowedDown: true };

    public LimitMember Join(RunScope scope)
    {
        var member = new LimitMember(this, scope, Pacer.Join());
        lock (_lock)
        {
            member.SetCap(0, null);
            _members.Add(member);
        }

        return member;
    }

    public void Leave(LimitMember member)
    {
        Pacer.Leave(member.Turn);
        lock (_lock)
            _members.Remove(member);
        Divide();
    }

    /// <summary>Brings the runs' parts to what they want and may have now. Called on every beat and whenever a run has come down to its part.</summary>
    public void Divide()
    {
        bool isDown;
        lock (_lock)
        {
            var wasAbove = _isAbove;
            var timestamp = time.GetTimestamp();
            var seconds = time.GetElapsedTime(_dividedAt, timestamp).TotalSeconds;
            _dividedAt = timestamp;
            if (_grant is not { } grant || IsExpired(grant) || grant.BlockedUntil > time.GetUtcNow())
                SetAll(0);
            else if (grant.Limit.Concurrency is null)
                SetAll(null);
            else
                Divide(Math.Min(grant.Concurrency, grant.ConcurrencyTarget), grant.Concurrency, seconds);
            _isAbove = _grant is { } now && now.ConcurrencyTarget < now.Concurrency && _members.Sum(member => member.Held) > now.ConcurrencyTarget;
            isDown = wasAbove && !_isAbove;
        }

        if (isDown)
            cameDown();
    }

    /// <summary>What to say when the share is renewed. Nothing here may grow until the answer has come.</summary>
    public LimitReport Report(string owner)
    {
        Divide();
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var seconds = time.GetElapsedTime(_reportedAt, now).TotalSeconds;
            _reportedAt = now;
            GiveUpRateUnits();
            var spec = _grant?.Limit;
            var runs = _members.Select(member => new LimitRunShare(member.RunId, member.Weight, member.Wanted, member.Cap)
            {
                Unit = member.Unit,
                WantedRateUnits = member.WantedRateUnits(spec, seconds),
            });
            var held = spec?.Concurrency is null ? 0 : _members.Sum(member => member.Held);
            // What is granted here and nobody uses is held until the target says otherwise: it may be used at any moment.
            if (_grant is { } grant && !IsExpired(grant))
                held = Math.Max(held, Math.Min(grant.Concurrency, grant.ConcurrencyTarget));
            var report = new LimitReport(owner, held, Pacer.Units, _tokensToReturn, [.. runs])
            {
                WasThrottled = _wasThrottled,
                RetryAfter = _retryAfter,
                HasSucceeded = _hasSucceeded,
            };
            (_tokensToReturn, _wasThrottled, _retryAfter, _hasSucceeded) = (0, false, null, false);
            // Until the answer: no more than was just said.
            if (_grant is not null)
                _grant = _grant with { Concurrency = held };
            return report;
        }
    }

    /// <summary>The answer to a report; null: there is no such limit, and nothing starts.</summary>
    public void Accept(LimitGrant? grant)
    {
        lock (_lock)
        {
            // A throttle that the answer does not know of yet stays.
            _grant = _wasThrottled && _grant?.BlockedUntil is { } until && grant is not null && !(grant.BlockedUntil > until)
                ? grant with { BlockedUntil = until }
                : grant;
            _tokensToReturn += grant is null
                ? Pacer.Hold(0, 0, 0)
                : Pacer.Hold(grant.RateUnits, grant.TokensPerSecond, grant.Tokens);
        }

        Divide();
    }

    /// <summary>The limit's downstream asked to slow down: every run under it does, here at once, elsewhere with the next beat.</summary>
    public void NoteThrottled(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _wasThrottled = true;
            if (_retryAfter is null || retryAfter > _retryAfter)
                _retryAfter = retryAfter;
            if (retryAfter is { } wait && _grant is { } grant && !(grant.BlockedUntil > time.GetUtcNow() + wait))
                _grant = grant with { BlockedUntil = time.GetUtcNow() + wait };
        }

        Divide();
    }

    /// <summary>An item under the limit succeeded.</summary>
    public void NoteSuccess() => _hasSucceeded = true;

    /// <summary>The process leaves the limit: what it had saved up.</summary>
    public double GiveUp()
    {
        lock (_lock)
        {
            _grant = null;
            return _tokensToReturn + Pacer.Hold(0, 0, 0);
        }
    }

    private void GiveUpRateUnits()
    {
        if (_grant is { } grant && grant.RateUnitsTarget < Pacer.Units)
            _tokensToReturn += Pacer.Hold(grant.RateUnitsTarget, grant.TokensPerSecond, 0);
    }

    private void Divide(int target, int granted, double seconds)
    {
        var whole = _grant?.Limit.Concurrency;
        var claims = _members.Select(member => new ShareClaim(member.Weight, member.Wanted, member.Unit, member.Cap, member.Credit)).ToList();
        var shares = ShareAllocator.Shares(target, claims);
        var parts = ShareAllocator.Allocate(target, claims);
        for (var i = 0; i < _members.Count; i++)
        {
            _members[i].Credit = ShareAllocator.Accrue(_members[i].Credit, shares[i], _members[i].Cap, Math.Min(seconds, 1), claims[i].Unit);
            // A limit that is resized is another whole for a run, also where its part stays as it was.
            _members[i].SetCap(Math.Min(parts[i], _members[i].Cap), whole);
        }

        var free = granted - _members.Sum(member => member.Held);
        for (var i = 0; i < _members.Count; i++)
        {
            // A run above its part holds that already: only what it lacks is taken from what is free.
            var held = _members[i].Held;
            var more = Math.Min(parts[i] - _members[i].Cap, held - _members[i].Cap + Math.Max(free, 0));
            if (more <= 0)
                continue;
            _members[i].SetCap(_members[i].Cap + more, whole);
            free -= _members[i].Held - held;
        }
    }

    private void SetAll(int? cap)
    {
        foreach (var member in _members)
            member.SetCap(cap, _grant?.Limit.Concurrency);
    }

    private bool IsExpired(LimitGrant grant) => grant.ExpiresAt <= time.GetUtcNow();
}
