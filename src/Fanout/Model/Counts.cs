using System.Text.Json.Serialization;

namespace Fanout;

/// <summary>Settled items by outcome.</summary>
/// <param name="Succeeded">Items that succeeded.</param>
/// <param name="Failed">Items that failed for good.</param>
/// <param name="TimedOut">Items that timed out for good.</param>
/// <param name="Cancelled">Items that were cancelled after they had been started.</param>
[JsonConverter(typeof(CountsJsonConverter))]
public readonly record struct Counts(long Succeeded, long Failed, long TimedOut, long Cancelled)
{
    /// <summary>Items settled, whatever became of them.</summary>
    public long Settled => Succeeded + Failed + TimedOut + Cancelled;

    /// <summary>Those of a tally.</summary>
    public static Counts Of(Tally tally)
    {
        ArgumentNullException.ThrowIfNull(tally);
        return new(tally.Succeeded, tally.Failed, tally.TimedOut, tally.Cancelled);
    }

    /// <summary>Both together.</summary>
    public static Counts operator +(Counts left, Counts right) => Add(left, right);

    /// <summary>What the left has more.</summary>
    public static Counts operator -(Counts left, Counts right) => Subtract(left, right);

    /// <summary>Both together.</summary>
    public static Counts Add(Counts left, Counts right) => new(
        left.Succeeded + right.Succeeded, left.Failed + right.Failed, left.TimedOut + right.TimedOut, left.Cancelled + right.Cancelled);

    /// <summary>What the left has more.</summary>
    public static Counts Subtract(Counts left, Counts right) => new(
        left.Succeeded - right.Succeeded, left.Failed - right.Failed, left.TimedOut - right.TimedOut, left.Cancelled - right.Cancelled);
}
