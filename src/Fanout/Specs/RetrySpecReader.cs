namespace Fanout.Specs;

/// <summary>Reads <c>failure.retry</c>.</summary>
internal static class RetrySpecReader
{
    public static readonly string[] Fields = ["maxAttempts", "firstDelay", "backoff", "maxDelay", "jitter"];

    public static RetrySpec Read(SpecCursor cursor)
    {
        var defaults = new RetrySpec();
        if (cursor.AsObject(Fields, "{ \"maxAttempts\": 3 }") is not { } retry)
            return defaults;

        var firstDelay = retry.Find("firstDelay")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(1), "1s");
        var maxDelay = retry.Find("maxDelay")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(24), "1m");
        if (firstDelay > maxDelay)
        {
            retry.Find("firstDelay")?.Refuse(
                $"is longer than \"maxDelay\"; allowed are 0s to {HumanDuration.Format(maxDelay.Value)}.",
                "Shorten it, or lengthen \"maxDelay\".");
        }

        return new RetrySpec
        {
            MaxAttempts = retry.Find("maxAttempts")?.Count(1, 100, "attempts") ?? defaults.MaxAttempts,
            // A default gives way to what was asked for: nobody has to set the one delay because of the other.
            FirstDelay = firstDelay ?? Shorter(defaults.FirstDelay, maxDelay),
            Backoff = retry.Find("backoff")?.Number(1, 10) ?? defaults.Backoff,
            MaxDelay = maxDelay ?? (firstDelay > defaults.MaxDelay ? firstDelay.Value : defaults.MaxDelay),
            Jitter = retry.Find("jitter")?.Flag() ?? defaults.Jitter,
        };
    }

    private static TimeSpan Shorter(TimeSpan duration, TimeSpan? other) => other < duration ? other.Value : duration;
}
