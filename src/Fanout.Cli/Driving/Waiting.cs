namespace Fanout.Cli.Driving;

/// <summary>Waiting for work with an eye on the clock.</summary>
internal static class Waiting
{
    /// <summary>True as soon as the work has completed, however it did; false when it has not within the interval.</summary>
    public static async Task<bool> CompletesWithinAsync(Task work, TimeSpan interval, TimeProvider time)
    {
        await work.WaitAsync(interval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompleted;
    }
}
