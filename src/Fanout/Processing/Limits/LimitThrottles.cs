using Fanout.Sources;

namespace Fanout.Processing.Limits;

/// <summary>What is asked of a run under limits is asked of the limits: whoever is under them slows down too.</summary>
/// <param name="limits">The limits, at least one.</param>
internal sealed class LimitThrottles(IReadOnlyList<LimitMember> limits) : IThrottleScopes
{
    public bool IsActive
    {
        get
        {
            foreach (var member in limits)
            {
                if (member.Limit.IsSlowedDown)
                    return true;
            }

            return false;
        }
    }

    public void NoteThrottled(in Item item, TimeSpan? retryAfter)
    {
        foreach (var member in limits)
            member.Limit.NoteThrottled(retryAfter);
    }

    public void NoteSuccess(in Item item)
    {
        foreach (var member in limits)
            member.Limit.NoteSuccess();
    }
}
