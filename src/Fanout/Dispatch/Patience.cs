using Microsoft.Extensions.Logging;

namespace Fanout.Dispatch;

/// <summary>
/// Bears storage that fails: waits, longer each time, and tries again. Many processes wait for the same storage, so each waits a random part of it
/// more or less.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="random">Numbers in [0, 1).</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class Patience(TimeProvider time, Func<double> random, ILogger logger)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    /// <summary>Does a step until storage does not fail.</summary>
    /// <param name="step">May be done more than once.</param>
    /// <param name="giveUp">Ends the waiting; a step that has begun is left to end.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<T> DoAsync<T>(Func<Task<T>> step, CancellationToken giveUp)
    {
        for (var wait = Least; ; wait = wait * 2 < Most ? wait * 2 : Most)
        {
            giveUp.ThrowIfCancellationRequested();
            try
            {
                return await step().ConfigureAwait(false);
            }
            catch (StorageException failed)
            {
                logger.StorageFailed(failed);
            }

            await Task.Delay(wait * (0.5 + random()), time, giveUp).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="DoAsync{T}"/>
    public Task DoAsync(Func<Task> step, CancellationToken giveUp) => DoAsync(
        async () =>
        {
            await step().ConfigureAwait(false);
            return true;
        },
        giveUp);
}
