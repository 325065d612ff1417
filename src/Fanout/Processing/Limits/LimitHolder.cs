using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Processing.Limits;

/// <summary>
/// Holds this process's shares of limits: at every beat of the store (<see cref="ILimitStore.Beat"/>) it says what the runs here want of each, takes
/// what it is granted, and divides that between them. A process that dies or hangs stops renewing, and its shares go back when they expire.
/// </summary>
/// <param name="store">Where limits are kept.</param>
/// <param name="owner">This process, as leases name it.</param>
/// <param name="isDead">
/// True: the owner is certainly gone, and its lease with it. For a store that machines share <see cref="ProcessOwner.IsDeadHere"/>: an owner of another
/// machine is gone when its lease has run out, and never before.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="livingKeepFor">How long a share is kept whose owner does not renew it and is not dead: see <see cref="LimitRenewal.Renew"/>. Default: not at all.</param>
public sealed class LimitHolder(ILimitStore store, string owner, Func<string, bool> isDead, TimeProvider time, TimeSpan livingKeepFor = default) : IAsyncDisposable
{
    private readonly LimitBeat _beat = store.Beat;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedLimit> _limits = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _early = new(0);
    private Task? _loop;

    /// <summary>This process, as leases name it.</summary>
    public string Owner => owner;

    /// <summary>A run comes under the limits its spec names. Nothing of it starts before its first shares are granted.</summary>
    internal IReadOnlyList<LimitMember> Join(RunScope scope)
    {
        if (scope.Spec.Flow.Limits.Count == 0)
            return [];
        List<LimitMember> members;
        lock (_lock)
        {
            members = [.. scope.Spec.Flow.Limits.Select(name => Find(name).Join(scope))];
            _loop ??= Task.Run(RenewAsync);
        }

        Hurry();
        return members;
    }

    /// <summary>A run that nothing is in flight of leaves its limits.</summary>
    internal void Leave(IReadOnlyList<LimitMember> members)
    {
        foreach (var member in members)
            member.Limit.Leave(member);
        if (members.Count > 0)
            Hurry();
    }

    /// <summary>Gives all shares back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
            await _loop.ConfigureAwait(false);
        foreach (var limit in Snapshot())
            await TryAsync(() => LeaveAsync(limit)).ConfigureAwait(false);
        _early.Dispose();
        _end.Dispose();
    }

    private SharedLimit Find(string name)
    {
        if (!_limits.TryGetValue(name, out var limit))
            _limits.Add(name, limit = new SharedLimit(name, time, Hurry));
        return limit;
    }

    private SharedLimit[] Snapshot()
    {
        lock (_lock)
            return [.. _limits.Values];
    }

    private void Hurry()
    {
        if (_early.CurrentCount == 0)
            _early.Release();
    }

    private async Task RenewAsync()
    {
        var renewedAt = time.GetTimestamp();
        while (!_end.IsCancellationRequested)
        {
            await Task.WhenAll(Snapshot().Select(limit => TryAsync(() => RenewOrLeaveAsync(limit)))).ConfigureAwait(false);
            renewedAt = time.GetTimestamp();
            while (!await WaitAsync(renewedAt).ConfigureAwait(false) && !await MayGainAsync().ConfigureAwait(false))
            {
            }
        }
    }

    // True: it is time for the next beat; false: only to look.
    private async Task<bool> WaitAsync(long renewedAt)
    {
        var left = _beat.Renew - time.GetElapsedTime(renewedAt);
        if (left <= TimeSpan.Zero)
            return true;
        // While others have to come down first it looks more often whether they have: what nobody uses in between is lost to all.
        var looks = _beat.Look < left && Snapshot().Any(limit => limit.IsStarved);
        using var timer = new CancellationTokenSource(looks ? _beat.Look : left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _end.Token);
        try
        {
            await _early.WaitAsync(either.Token).ConfigureAwait(false);
            var tooSoon = _beat.Apart - time.GetElapsedTime(renewedAt);
            if (tooSoon > TimeSpan.Zero)
                await Task.Delay(tooSoon, time, _end.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return !looks || _end.IsCancellationRequested;
        }
    }

    private async Task<bool> MayGainAsync()
    {
        foreach (var limit in Snapshot().Where(limit => limit.IsStarved))
        {
            using var patience = NewPatience();
            try
            {
                if (await store.GetAsync(limit.Name, patience.Token).ConfigureAwait(false) is { } ledger && LimitRenewal.HasFree(ledger))
                    return true;
            }
            catch (Exception failure) when (IsMissed(failure))
            {
                // The beat will tell.
            }
        }

        return false;
    }

    private Task RenewOrLeaveAsync(SharedLimit limit)
    {
        bool isUnused;
        lock (_lock)
        {
            isUnused = limit.IsUnused;
            if (isUnused)
                _limits.Remove(limit.Name);
        }

        return isUnused ? LeaveAsync(limit) : RenewAsync(limit);
    }

    private async Task RenewAsync(SharedLimit limit)
    {
        var report = limit.Report(owner);
        using var patience = NewPatience();
        var grant = await store.UpdateAsync(
            limit.Name,
            ledger =>
            {
                if (ledger is null)
                    return (null, null);
                var (changed, granted) = LimitRenewal.Renew(ledger, report, time.GetUtcNow(), isDead, livingKeepFor);
                return (changed, (LimitGrant?)granted);
            },
            patience.Token).ConfigureAwait(false);
        limit.Accept(grant);
    }

    private async Task LeaveAsync(SharedLimit limit)
    {
        var tokens = limit.GiveUp();
        using var patience = NewPatience();
        await store.UpdateAsync(
            limit.Name,
            ledger => (ledger is null ? null : LimitRenewal.Leave(ledger, owner, tokens, time.GetUtcNow()), true),
            patience.Token).ConfigureAwait(false);
    }

    // What is not answered for a while is asked again: a store that hangs over one limit must not hold up the others until their leases are over too.
    private CancellationTokenSource NewPatience() => new(LimitRenewal.Lease / 2, time);

    // A beat missed. A share that cannot be renewed expires, and then nothing under the limit starts here until it can be.
    private static async Task TryAsync(Func<Task> renew)
    {
        try
        {
            await renew().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsMissed(failure))
        {
        }
    }

    private static bool IsMissed(Exception failure) => failure is StorageException or OperationCanceledException;
}
