using System.Globalization;
using System.Net;
using Fanout.Flow;
using Fanout.Orchestration;

namespace Fanout.Announcing;

/// <summary>How long and how often it is tried to tell that a run has ended: pure.</summary>
public static class AnnouncementPolicy
{
    /// <summary>8 attempts; the waits between them are 5 s, 10 s, 20 s and so on to 320 s, together ten and a half minutes.</summary>
    public static RetrySpec Retry { get; } = new()
    {
        MaxAttempts = 8,
        FirstDelay = TimeSpan.FromSeconds(5),
        Backoff = 2,
        MaxDelay = TimeSpan.FromMinutes(10),
        // A wait is part of an orchestration, which has no randomness of its own.
        Jitter = false,
    };

    /// <summary>How long one request may take: 30 s, of which 10 s to connect.</summary>
    public static TimeSpan AttemptTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a receiver's Retry-After is heeded: 1 h. It holds up the process that drives the run.</summary>
    public static TimeSpan LongestRetryAfter { get; } = TimeSpan.FromHours(1);

    /// <summary>The wait after an attempt that failed; null: it is given up.</summary>
    public static TimeSpan? Wait(int attempt, AnnounceResult failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        if (failed.IsFinal || attempt >= Retry.MaxAttempts)
            return null;
        var asked = failed.RetryAfter > LongestRetryAfter ? LongestRetryAfter : failed.RetryAfter;
        return RetryBackoff.Delay(Retry, attempt, asked, random: 0);
    }

    /// <summary>
    /// What an answer means: 2xx is delivered. 408, 425, 429 and 5xx say that another attempt may do better; the rest would be answered in the
    /// same way again.
    /// </summary>
    /// <param name="receiver">The receiver, for the message.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="retryAfter">Its Retry-After, if it has one.</param>
    public static AnnounceResult Judge(string receiver, HttpStatusCode status, TimeSpan? retryAfter)
    {
        var code = (int)status;
        if (code is >= 200 and < 300)
            return AnnounceResult.Delivered;
        var failure = string.Create(CultureInfo.InvariantCulture, $"{receiver} answered {code}");
        return code is 408 or 425 or 429 or >= 500
            ? new AnnounceResult(failure, IsFinal: false, retryAfter)
            : new AnnounceResult(failure, IsFinal: true);
    }
}
