using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Cli.Tests.Support;

/// <summary>Limits in memory.</summary>
public sealed class FakeLimits : ILimitClient
{
    public SortedDictionary<string, LimitLedger> Ledgers { get; } = new(StringComparer.Ordinal);

    public Task SetAsync(LimitSpec limit, CancellationToken cancellationToken)
    {
        Ledgers[limit.Name] = new LimitLedger(limit) { Holdings = Ledgers.GetValueOrDefault(limit.Name)?.Holdings ?? [] };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<LimitLedger>>([.. Ledgers.Values]);

    public Task<LimitLedger> GetAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(Ledgers.GetValueOrDefault(name) ?? throw new LimitException(name, $"There is no limit '{name}' here."));

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        Ledgers.Remove(name) ? Task.CompletedTask : throw new LimitException(name, $"There is no limit '{name}' here.");
}
