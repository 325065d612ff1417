using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Embedded.Limits;

/// <summary>Limits that live as long as their process.</summary>
internal sealed class InMemoryLimitStore : ILimitStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, LimitLedger> _ledgers = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<LimitLedger>>([.. _ledgers.Values]);
    }

    public Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_ledgers.GetValueOrDefault(name));
    }

    public Task<T> UpdateAsync<T>(string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_gate)
        {
            var (ledger, result) = change(_ledgers.GetValueOrDefault(name));
            if (ledger is null)
                _ledgers.Remove(name);
            else
                _ledgers[name] = ledger;
            return Task.FromResult(result);
        }
    }
}
