using System.Globalization;
using Xunit;

namespace Fanout.Embedded.Tests.CheckedCounts;

/// <summary>
/// What something costs by a count that is the same on every machine, as it was when the number here was last looked at. A count that got worse fails the
/// tests, with both numbers. If what is bought is worth it, or a count got better, the new number is written here, in the change that caused it.
/// </summary>
/// <param name="What">What is counted, and for how much work.</param>
/// <param name="Number">The number that is checked in. Less is better.</param>
/// <param name="Tolerance">The part of it by which it may be exceeded.</param>
internal sealed record CheckedCount(string What, double Number, double Tolerance)
{
#if DEBUG
    // Code that is not optimized has the state of an asynchronous method in an object.
    private const int StateBytes = 112;
#else
    private const int StateBytes = 0;
#endif

    // Of forty batches; a write or an event more for each is far more.
    private const double ShorterBatches = 0.2;

    /// <summary>Of the whole process, through a no-op handler, with a result for each item.</summary>
    public static CheckedCount BytesOfAJsonLine { get; } = new("bytes allocated for a line of JSON", 98 + StateBytes, 0.1);

    /// <summary>Likewise. Its context, but for a few bytes.</summary>
    public static CheckedCount BytesOfANumber { get; } = new("bytes allocated for an item of a range", 98 + StateBytes, 0.1);

    /// <summary>
    /// A batch's result becomes durable along with the call of the next. Each is a commit where nothing else is written at the same time. On a machine so slow that a batch takes a
    /// tenth of a second, the last ones are shorter and more: one write more a batch would be twice as many.
    /// </summary>
    public static CheckedCount WritesOf1000 { get; } = new("writes of the home's databases for 1,000 items in a batch", 1, ShorterBatches);

    /// <summary>From its start to its report, with one batch.</summary>
    public static CheckedCount WritesOfARun { get; } = new("writes of the home's databases for a run of one item", 13, 0);

    /// <summary>The call of a batch, its result, and the turn that saw it. Of shorter batches likewise.</summary>
    public static CheckedCount HistoryOf1000 { get; } = new("events in histories for 1,000 items in a batch", 3, ShorterBatches);

    /// <summary>The run's own and its branch's, with one batch.</summary>
    public static CheckedCount HistoryOfARun { get; } = new("events in histories for a run of one item", 21, 0);

    /// <summary>
    /// Its messages there and back, its claim, its part and its checkpoint. On a machine so slow that a batch takes a second, the last ones are shorter and more. What is
    /// asked in vain, and progress, go by time and are not counted.
    /// </summary>
    public static CheckedCount OperationsOf1000 { get; } = new("storage operations for 1,000 items in a batch by queue", 11, 0.08);

    /// <summary>Fails when the count is worse than what is checked in.</summary>
    public void Check(double counted) => Assert.True(
        counted <= Number * (1 + Tolerance),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{What}: {counted:0.###}, and {Number:0.###} is checked in, with a tolerance of {Tolerance:P0}. See {nameof(CheckedCount)} for what to do."));
}
