namespace Fanout;

/// <summary>Settled items by outcome.</summary>
internal readonly record struct Counts(long Succeeded, long Failed, long TimedOut, long Cancelled)
{
    public long Settled => Succeeded + Failed + TimedOut + Cancelled;

    public static Counts Of(Tally tally) => new(tally.Succeeded, tally.Failed, tally.TimedOut, tally.Cancelled);

    public static Counts operator +(Counts left, Counts right) => new(
        left.Succeeded + right.Succeeded, left.Failed + right.Failed, left.TimedOut + right.TimedOut, left.Cancelled + right.Cancelled);

    public static Counts operator -(Counts left, Counts right) => new(
        left.Succeeded - right.Succeeded, left.Failed - right.Failed, left.TimedOut - right.TimedOut, left.Cancelled - right.Cancelled);
}
