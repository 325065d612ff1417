using System.Globalization;

namespace Fanout.Azure.Tables;

/// <summary>
/// Reads, decides and writes again as often as somebody else was first, after a wait at random, so that those who met once do not meet again
/// (full jitter: M. Brooker, "Exponential Backoff And Jitter", 2015).
/// </summary>
internal sealed class Contention(AzureStorage storage, TimeProvider time, Func<double> random)
{
    /// <summary>Attempts before it is given up: 100, some 20 s.</summary>
    public const int MaxAttempts = 100;

    private const int StampBits = 53;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);

    /// <summary>A name that no other write has.</summary>
    public string NewStamp() => ((long)(random() * (1L << StampBits))).ToString("x14", CultureInfo.InvariantCulture);

    /// <summary>Attempts it until it is done.</summary>
    /// <exception cref="StorageException">Others were always first.</exception>
    public async Task<T> ResolveAsync<T>(string what, Func<Task<(bool IsDone, T Result)>> attempt, CancellationToken cancellationToken)
    {
        for (var lost = 1; lost <= MaxAttempts; lost++)
        {
            if (await attempt().ConfigureAwait(false) is (true, var result))
                return result;
            var longest = Math.Min(FirstWait.TotalMilliseconds * Math.Pow(2, lost - 1), LongestWait.TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(random() * longest), time, cancellationToken).ConfigureAwait(false);
        }

        throw new StorageException(string.Create(
            CultureInfo.InvariantCulture, $"Could not write {what} in {storage.Connection}: others changed it first, {MaxAttempts} times in a row. Try again."))
        {
            MayPass = true,
        };
    }
}
