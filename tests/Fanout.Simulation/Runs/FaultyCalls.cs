namespace Fanout.Simulation.Runs;

/// <summary>An engine's calls to its store, under the same faults as all others of its process.</summary>
internal sealed class FaultyCalls(SimulatedProcess process, TimeProvider clock, Faults faults) : IStorageCalls
{
    public Task<T> CallAsync<T>(string name, Func<Task<T>> call) => faults.CallAsync(process, clock, call, what: name);
}
