namespace Fanout.Flow;

/// <summary>When to try again: exponential back-off with equal jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).</summary>
public static class RetryBackoff
{
    /// <summary>The wait after attempt <paramref name="attempt"/> failed.</summary>
    /// <param name="retry">The policy.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="retryAfter">What the downstream asked for; the wait is never shorter.</param>
    /// <param name="random">A number in [0, 1) to jitter by.</param>
    public static TimeSpan Delay(RetrySpec retry, int attempt, TimeSpan? retryAfter, double random)
    {
        var full = retry.FirstDelay.TotalMilliseconds * Math.Pow(retry.Backoff, attempt - 1);
        full = Math.Min(full, retry.MaxDelay.TotalMilliseconds);
        var delay = TimeSpan.FromMilliseconds(retry.Jitter ? full * (0.5 + (random / 2)) : full);
        return retryAfter is { } asked && asked > delay ? asked : delay;
    }
}
