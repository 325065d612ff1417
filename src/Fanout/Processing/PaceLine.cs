using Fanout.Flow;
using Fanout.Processing.Limits;

namespace Fanout.Processing;

/// <summary>
/// What the starts of a run have to wait for, one worker at a time: its own rate and those of the limits it is under. A start takes from all of
/// them at once or from none: nothing is taken from one and kept while another lets it wait.
/// </summary>
/// <param name="own">The run's own pacer, or its lane's.</param>
/// <param name="limits">The limits.</param>
internal sealed class PaceLine(Pacer own, IReadOnlyList<LimitMember> limits)
{
    /// <summary>True: starts have to be asked for.</summary>
    public bool IsLimited
    {
        get
        {
            if (own.IsLimited)
                return true;
            foreach (var member in limits)
            {
                if (member.Limit.IsPaced)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Takes a start. False: not now; ask again after <paramref name="wait"/>.</summary>
    public bool TryTake(int cost, out PaceWait wait)
    {
        // Asked for before the wait is known: a change in between is not missed.
        var retuned = own.Retuned;
        wait = new PaceWait(own.WaitFor(cost), WaitCauses.Rate, retuned);
        LimitMember? slowest = null;
        foreach (var member in limits)
        {
            if (!member.Limit.IsPaced)
                continue;
            var changed = member.Limit.Pacer.Changed;
            var needed = member.Limit.Pacer.WaitFor(member.Turn, cost);
            if (needed <= wait.Time)
                continue;
            wait = new PaceWait(needed, member.Cause, changed);
            slowest = member;
        }

        foreach (var member in limits)
            member.Limit.Pacer.SetWaiting(member.Turn, wait.Time > TimeSpan.Zero && member == slowest);
        return wait.Time <= TimeSpan.Zero && TryTakeAll(cost);
    }

    /// <summary>The run starts nothing more for now: nobody waits for its turn.</summary>
    public void StepBack()
    {
        foreach (var member in limits)
            member.Limit.Pacer.SetWaiting(member.Turn, waits: false);
    }

    private bool TryTakeAll(int cost)
    {
        for (var i = 0; i < limits.Count; i++)
        {
            if (!limits[i].Limit.IsPaced || limits[i].Limit.Pacer.TryTake(limits[i].Turn, cost))
                continue;
            Return(i, cost);
            return false;
        }

        if (own.TryTake(cost, out _))
            return true;
        Return(limits.Count, cost);
        return false;
    }

    private void Return(int count, int cost)
    {
        for (var i = 0; i < count; i++)
        {
            if (limits[i].Limit.IsPaced)
                limits[i].Limit.Pacer.Return(limits[i].Turn, cost);
        }
    }
}

/// <summary>What a start waits for.</summary>
/// <param name="Time">How long it has to wait at least.</param>
/// <param name="Cause">In the words of "waiting for": <c>rate</c>, <c>limit crm-api</c>.</param>
/// <param name="Changed">Completes when it may be worth asking earlier.</param>
internal readonly record struct PaceWait(TimeSpan Time, string Cause, Task Changed);
