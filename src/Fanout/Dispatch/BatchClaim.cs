using Fanout.Processing;
using Fanout.Results;

namespace Fanout.Dispatch;

/// <summary>
/// A delivery's claim to its batch: the first checkpoint of its execution, made before the first item begins, under the epoch after the newest there is. Of
/// workers that found the same one of them makes it, however often the batch was sent. An execution that is never heard of again is known by it, too.
/// </summary>
/// <param name="results">Where checkpoints are.</param>
/// <param name="input">The batch.</param>
internal sealed class BatchClaim(IResultStore results, BatchInput input)
{
    /// <summary>The execution's; 0: it has not been made.</summary>
    public long Epoch { get; private set; }

    /// <summary>It has been made: what is found of the batch is its own.</summary>
    public bool IsMade => Epoch > 0;

    /// <summary>Makes it, if that has not been done. False: somebody else has it.</summary>
    /// <param name="newest">What the newest execution left; null: there was none.</param>
    /// <param name="isAlone">The batch is worked alone in its process.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="StorageException">It cannot be made now.</exception>
    public async ValueTask<bool> TryMakeAsync(BatchCheckpoint? newest, bool isAlone, DateTimeOffset now)
    {
        if (IsMade)
            return true;
        var epoch = (newest?.Epoch ?? 0) + 1;
        var first = (newest ?? BatchCheckpoint.Start(input)) with { At = now, IsAlone = isAlone, Survived = false, Ending = null };
        if (!await first.TryCreateAsync(results, input.RunId, input.Key, epoch).ConfigureAwait(false))
            return false;
        Epoch = epoch;
        return true;
    }
}
