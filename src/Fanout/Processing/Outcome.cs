namespace Fanout.Processing;

/// <summary>Is an item done with, or does it go back to those that wait?</summary>
internal enum Disposition
{
    Settled,
    Waits,
}

/// <summary>What came of handling an item, or why it goes back to those that wait.</summary>
internal readonly record struct Outcome(
    Disposition Disposition, OutcomeStatus Status, int Attempts, TimeSpan Duration, ItemError? Error, DateTimeOffset NotBefore)
{
    public static Outcome Settled(OutcomeStatus status, int attempts, TimeSpan duration, ItemError? error = null) =>
        new(Disposition.Settled, status, attempts, duration, error, default);

    /// <summary>It is tried again, no earlier than <paramref name="notBefore"/>.</summary>
    public static Outcome TryAgain(int attempts, TimeSpan duration, DateTimeOffset notBefore, ItemError error) =>
        new(Disposition.Waits, default, attempts, duration, error, notBefore);

    /// <summary>It goes back as it was before it was taken.</summary>
    public static Outcome PutBack(int attempts) =>
        new(Disposition.Waits, default, attempts, default, null, DateTimeOffset.MinValue);
}
