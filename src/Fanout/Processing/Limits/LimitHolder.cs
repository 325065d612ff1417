using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Processing.Limits;

/// <summary>
/// Holds this process's shares of limits: ten times a second it says what the runs here want of each, takes what it is granted, and divides
/// that between them. A process that dies or hangs stops renewing, and its shares go back when they expire.
/// </summary>
/// <param name="store">Where limits are kept.</param>
/// <param name="owner">This process, as leases name it.</param>
/// <param name="isDead">True: the owner is certainly gone.</param>
/// <param name="time">The clock.</param>
/// <param name="patience">How long a share is kept whose owner does not renew it and is not dead: see <see cref="LimitRenewal.Renew"/>. Default: not at all.</param>
public sealed class LimitHolder(ILimitStore store, string owner, Func<string, bool> isDead, TimeProvider time, TimeSpan patience = default) : IAsyncDisposable
{
    /// <summary>How often shares are renewed: 100 ms.</summary>
    public static TimeSpan Beat { get; } = TimeSpan.FromMilliseconds(100);

    // While others have to come down first it looks more often whether they have: what nobody uses in between is lost to all.
    private static readonly TimeSpan StarvedBeat = TimeSpan.FromMilliseconds(20);

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
            foreach (var limit in Snapshot())
                await TryAsync(() => RenewOrLeaveAsync(limit)).ConfigureAwait(false);
            renewedAt = time.GetTimestamp();
            while (!await WaitAsync(renewedAt).ConfigureAwait(false) && !await MayGainAsync().ConfigureAwait(false))
            {
            }
        }
    }

    // True: it is time for the next beat; false: only to look.
    private async Task<bool> WaitAsync(long renewedAt)
    {
        var left = Beat - time.GetElapsedTime(renewedAt);
        if (left <= TimeSpan.Zero)
            return true;
        var looks = StarvedBeat < left && Snapshot().Any(limit => limit.IsStarved);
        using var timer = new CancellationTokenSource(looks ? StarvedBeat : left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _end.Token);
        try
        {
            await _early.WaitAsync(either.Token).ConfigureAwait(false);
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
            try
            {
                if (await store.GetAsync(limit.Name, CancellationToken.None).ConfigureAwait(false) is { } ledger && LimitRenewal.HasFree(ledger))
                    return true;
            }
            catch (StorageException)
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
        var grant = await store.UpdateAsync(
            limit.Name,
            ledger =>
            {
                if (ledger is null)
                    return (null, null);
                var (changed, granted) = LimitRenewal.Renew(ledger, report, time.GetUtcNow(), isDead, patience);
                return (changed, (LimitGrant?)granted);
            },
            CancellationToken.None).ConfigureAwait(false);
        limit.Accept(grant);
    }

    private Task<bool> LeaveAsync(SharedLimit limit)
    {
        var tokens = limit.GiveUp();
        return store.UpdateAsync(
            limit.Name,
            ledger => (ledger is null ? null : LimitRenewal.Leave(ledger, owner, tokens, time.GetUtcNow()), true),
            CancellationToken.None);
    }

    // A beat missed. A share that cannot be renewed expires, and then nothing under the limit starts here until it can be.
    private static async Task TryAsync(Func<Task> renew)
    {
        try
        {
            await renew().ConfigureAwait(false);
        }
        catch (StorageException)
        {
        }
    }
}
