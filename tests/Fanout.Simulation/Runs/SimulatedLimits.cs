using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Simulation.Runs;

/// <summary>One process's way to the limits.</summary>
internal sealed class SimulatedLimits(ILimitStore inner, SimulatedProcess process, TimeProvider clock, Faults faults) : ILimitStore
{
    public Task<IReadOnlyList<LimitLedger>> ListAsync(CancellationToken cancellationToken) => faults.CallAsync(process, clock, () => inner.ListAsync(cancellationToken));

    public Task<LimitLedger?> GetAsync(string name, CancellationToken cancellationToken) => faults.CallAsync(process, clock, () => inner.GetAsync(name, cancellationToken));

    public Task<T> UpdateAsync<T>(string name, Func<LimitLedger?, (LimitLedger? Ledger, T Result)> change, CancellationToken cancellationToken) =>
        faults.CallAsync(process, clock, () => inner.UpdateAsync(name, change, cancellationToken));
}
