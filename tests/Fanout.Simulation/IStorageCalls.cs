namespace Fanout.Simulation;

/// <summary>How a process's calls to storage fare.</summary>
internal interface IStorageCalls
{
    /// <summary>Makes a call, or fails, or never comes back.</summary>
    Task<T> CallAsync<T>(string name, Func<Task<T>> call);
}
