namespace Fanout.Runs;

/// <summary>How long runs that have ended are kept.</summary>
public static class RunRetention
{
    /// <summary>Purges every run that ended longer ago than <paramref name="age"/>, and has told whoever is to be told. Returns their ids.</summary>
    /// <exception cref="StorageException">The storage cannot be used; some may have been purged.</exception>
    public static async Task<IReadOnlyList<string>> PurgeEndedAsync(this IRunClient client, TimeSpan age, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var old = new List<string>();
        await foreach (var run in client.ReadAllAsync(RunPages.Ended, cancellationToken).ConfigureAwait(false))
        {
            if (run.IsOver && now - run.EndedAt > age)
                old.Add(run.Id);
        }

        foreach (var runId in old)
            await client.PurgeAsync(runId, cancellationToken).ConfigureAwait(false);
        return old;
    }
}
