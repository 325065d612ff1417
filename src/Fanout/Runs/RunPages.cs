using System.Runtime.CompilerServices;

namespace Fanout.Runs;

/// <summary>Every run there is, in pages: lists give no more than so many at once.</summary>
public static class RunPages
{
    private const int PageSize = 1_000;

    /// <summary>Statuses of runs that have not ended.</summary>
    public static IReadOnlyList<RunStatus> Unended { get; } = [.. Enum.GetValues<RunStatus>().Where(status => !status.IsFinal())];

    /// <summary>Statuses of runs that have.</summary>
    public static IReadOnlyList<RunStatus> Ended { get; } = [.. Enum.GetValues<RunStatus>().Where(RunStatusExtensions.IsFinal)];

    /// <summary>All runs of these statuses, newest first. What is deleted must not be before all are read: each page begins after the last of the one before.</summary>
    public static IAsyncEnumerable<RunRecord> ReadAllAsync(this IRunClient client, IReadOnlyList<RunStatus> status, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        return ReadAllAsync(client.ListAsync, status, cancellationToken);
    }

    /// <inheritdoc cref="ReadAllAsync(IRunClient, IReadOnlyList{RunStatus}, CancellationToken)"/>
    public static IAsyncEnumerable<RunRecord> ReadAllAsync(this IRunCatalog catalog, IReadOnlyList<RunStatus> status, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ReadAllAsync(catalog.ListAsync, status, cancellationToken);
    }

    private static async IAsyncEnumerable<RunRecord> ReadAllAsync(
        Func<RunQuery, CancellationToken, Task<IReadOnlyList<RunRecord>>> list, IReadOnlyList<RunStatus> status, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        IReadOnlyList<RunRecord> page;
        do
        {
            page = await list(new RunQuery(status, after, PageSize), cancellationToken).ConfigureAwait(false);
            foreach (var run in page)
                yield return run;
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);
    }
}
