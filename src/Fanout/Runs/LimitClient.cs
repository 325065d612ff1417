using System.Text.Json;
using Fanout.Flow;
using Fanout.Serialization;
using Fanout.Specs;

namespace Fanout.Runs;

/// <summary>The client over any store of limits.</summary>
/// <param name="store">Where the limits are.</param>
/// <param name="catalog">Who knows which runs need them.</param>
/// <param name="time">The clock that says which shares have expired.</param>
public sealed class LimitClient(ILimitStore store, IRunCatalog catalog, TimeProvider time) : ILimitClient
{
    private const int NamesInAMessage = 5;

    /// <inheritdoc/>
    public Task SetAsync(LimitSpec limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limit);
        limit = LimitSpecReader.Check(limit);
        return store.UpdateAsync(limit.Name, ledger => (Set(ledger, limit), true), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(cancellationToken).ConfigureAwait(false)).Select(WithoutExpired)];

    /// <inheritdoc/>
    public async Task<LimitLedger> GetAsync(string name, CancellationToken cancellationToken) =>
        await store.GetAsync(name, cancellationToken).ConfigureAwait(false) is { } ledger ? WithoutExpired(ledger) : throw NoSuchLimit(name);

    /// <inheritdoc/>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var runs = await FindRunsUnderAsync(name, cancellationToken).ConfigureAwait(false);
        if (runs.Count > 0)
            throw StillNeeded(name, runs);
        if (!await store.UpdateAsync(name, ledger => ((LimitLedger?)null, ledger is not null), cancellationToken).ConfigureAwait(false))
            throw NoSuchLimit(name);
    }

    private static LimitLedger Set(LimitLedger? ledger, LimitSpec limit) =>
        ledger is null ? new LimitLedger(limit) : ledger.Limit == limit ? ledger : ledger.With(limit);

    private LimitLedger WithoutExpired(LimitLedger ledger)
    {
        var now = time.GetUtcNow();
        return ledger with { Holdings = [.. ledger.Holdings.Where(holding => holding.ExpiresAt > now)] };
    }

    // An interrupted run holds nothing, yet needs the limit when it is resumed: the specs say who needs it, not the holdings.
    private async Task<List<string>> FindRunsUnderAsync(string name, CancellationToken cancellationToken)
    {
        var runs = new List<string>();
        await foreach (var run in catalog.ReadAllAsync(RunPages.Unended, cancellationToken).ConfigureAwait(false))
        {
            if (Names(run, name))
                runs.Add(run.Id);
        }

        return runs;
    }

    private static bool Names(RunRecord run, string name) =>
        JsonElement.Parse(run.SpecJson).TryGetProperty("flow", out var flow)
        && flow.Deserialize<FlowSpec>(FanoutJson.Options)!.Limits.Contains(name, StringComparer.Ordinal);

    private static LimitException NoSuchLimit(string name) => new(name, $"There is no limit '{name}' here. 'limit list' shows the limits there are.") { IsMissing = true };

    private static LimitException StillNeeded(string name, List<string> runs)
    {
        var named = string.Join(", ", runs.Take(NamesInAMessage).Select(run => $"'{run}'"));
        var more = runs.Count > NamesInAMessage ? $" and {runs.Count - NamesInAMessage} more" : "";
        return new LimitException(name, $"Limit '{name}' cannot be removed: runs that have not ended are under it: {named}{more}. Let them end, or cancel them first.");
    }
}
