namespace Fanout.Runs;

/// <summary>How long runs that have ended are kept.</summary>
public static class RunRetention
{
    private const int PageSize = 1_000;

    private static readonly RunStatus[] Ended = [.. Enum.GetValues<RunStatus>().Where(status => status.IsFinal())];

    /// <summary>Purges every run that ended longer ago than <paramref name="age"/>, and has told whoever is to be told. Returns their ids.</summary>
    /// <exception cref="StorageException">The storage cannot be used; some may have been purged.</exception>
    public static async Task<IReadOnlyList<string>> PurgeEndedAsync(this IRunClient client, TimeSpan age, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var old = new List<string>();
        string? after = null;
        IReadOnlyList<RunRecord> page;
        do
        {
            page = await client.ListAsync(new RunQuery(Ended, after, PageSize), cancellationToken).ConfigureAwait(false);
            old.AddRange(page.Where(run => run.IsOver && now - run.EndedAt > age).Select(run => run.Id));
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);

        foreach (var runId in old)
            await client.PurgeAsync(runId, cancellationToken).ConfigureAwait(false);
        return old;
    }
}
