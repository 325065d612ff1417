using Fanout.Orchestration;
using Microsoft.Extensions.Logging;

namespace Fanout.Dispatch;

/// <summary>
/// Brings results that workers have sent to the branches that wait for them, as external events. An event may be raised more than once; its branch
/// takes the first.
/// </summary>
/// <param name="completions">Where results arrive.</param>
/// <param name="engine">Where the branches are.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Numbers in [0, 1).</param>
/// <param name="logger">Where failures are told.</param>
public sealed class CompletionPump(IBatchCompletions completions, IOrchestrationClient engine, TimeProvider time, Func<double> random, ILogger logger)
{
    /// <summary>How soon after an empty answer it asks again: 50 ms, and twice as long each time up to <see cref="IdleAtMost"/>.</summary>
    public static TimeSpan IdleAtLeast { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two questions: 1 s.</summary>
    public static TimeSpan IdleAtMost { get; } = TimeSpan.FromSeconds(1);

    private readonly Patience _patience = new(time, random, logger);

    /// <summary>Runs until it is told to stop. Failures of storage are waited out.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var idle = IdleAtLeast;
        try
        {
            while (true)
            {
                if (await TryDeliverAsync(stopping).ConfigureAwait(false) > 0)
                {
                    idle = IdleAtLeast;
                    continue;
                }

                await Task.Delay(idle, time, stopping).ConfigureAwait(false);
                idle = idle * 2 < IdleAtMost ? idle * 2 : IdleAtMost;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What has not been delivered is delivered by whoever comes next.
        }
    }

    private async Task<int> TryDeliverAsync(CancellationToken stopping)
    {
        try
        {
            return await _patience.DoAsync(() => completions.DeliverAsync(RaiseAsync, stopping), stopping).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One result that cannot be brought must not hold up the others for ever; it comes again.
        catch (Exception failed) when (failed is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.CompletionFailed(failed);
            return 0;
        }
    }

    private Task RaiseAsync(BatchCompletion completion, CancellationToken cancellationToken) => engine.RaiseEventAsync(
        completion.InstanceId, BatchCompletion.EventName(completion.Key), completion.Result, cancellationToken);
}
