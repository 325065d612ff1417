using System.Runtime.CompilerServices;

namespace Fanout.Simulation.Runs;

/// <summary>What goes wrong on the way to shared storage, as the seed decides.</summary>
/// <param name="seed">The seed.</param>
/// <param name="time">The time.</param>
/// <param name="trace">What is told of every call; null: nobody asked.</param>
internal sealed class Faults(int seed, VirtualTime time, EventTrace? trace)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly double _deaths = new Random(seed + 1).Next(3) switch { 0 => 0, 1 => 0.002, _ => 0.01 };
    private readonly double _errors = new Random(seed + 2).Next(3) switch { 0 => 0, 1 => 0.005, _ => 0.02 };
    private readonly double _delays = new Random(seed + 3).Next(2) switch { 0 => 0, _ => 0.1 };
    private int _remaining = new Random(seed + 4).Next(0, 12);
    private readonly List<DateTimeOffset> _at = [];

    /// <summary>True: nothing more goes wrong.</summary>
    public bool AreOver { get; set; }

    /// <summary>When a process died or was told that storage failed.</summary>
    public IReadOnlyList<DateTimeOffset> At
    {
        get
        {
            lock (_lock)
                return [.. _at];
        }
    }

    /// <summary>A call to storage: it may fail, take its time, or be the last its process makes, before or after it is done.</summary>
    public async Task<T> CallAsync<T>(SimulatedProcess process, TimeProvider clock, Func<Task<T>> call, string about = "", [CallerMemberName] string what = "")
    {
        // Others may get ahead of it.
        for (var turns = Next(3); turns >= 0; turns--)
            await Task.Yield();
        if (process.IsDead)
            return await SimulatedProcess.NeverAsync<T>();
        if (Happens(_deaths))
            return await DieAsync<T>(process, $"before {what}", about);
        if (Happens(_errors))
            throw Failure(process, $"{what} fails", about);
        if (IsSlow(out var delay))
            await Task.Delay(delay, clock);
        var result = await call();
        trace?.Note(process.Number, what, about);
        if (Happens(_deaths))
            return await DieAsync<T>(process, $"after {what}", about);
        // Done, and nobody is told: whoever asked does not know.
        if (Happens(_errors / 4))
            throw Failure(process, $"{what} is done and fails", about);
        return process.IsDead ? await SimulatedProcess.NeverAsync<T>() : result;
    }

    public Task CallAsync(SimulatedProcess process, TimeProvider clock, Func<Task> call, string about = "", [CallerMemberName] string what = "") =>
        CallAsync(process, clock, async () =>
        {
            await call();
            return true;
        }, about, what);

    /// <summary>Something of note that is no call.</summary>
    public void Note(SimulatedProcess process, string what, string about = "") => trace?.Note(process.Number, what, about);

    /// <summary>A number from 0 to below <paramref name="below"/>.</summary>
    public int Next(int below)
    {
        lock (_lock)
            return _random.Next(below);
    }

    public bool Happens(double probability)
    {
        lock (_lock)
        {
            if (AreOver || probability == 0 || _remaining == 0 || _random.NextDouble() >= probability)
                return false;
            _remaining--;
            _at.Add(time.Now);
            return true;
        }
    }

    /// <summary>The process dies: its clock stands still, and what it waits for does not come.</summary>
    public Task<T> DieAsync<T>(SimulatedProcess process, string when, string about = "")
    {
        Note(process, $"dies {when}", about);
        process.Die(time.Now);
        return SimulatedProcess.NeverAsync<T>();
    }

    private StorageException Failure(SimulatedProcess process, string what, string about)
    {
        Note(process, what, about);
        return new StorageException($"The simulated storage does not answer: {what}.");
    }

    private bool IsSlow(out TimeSpan delay)
    {
        lock (_lock)
        {
            delay = TimeSpan.FromMilliseconds(_random.Next(1, 300));
            return _random.NextDouble() < _delays;
        }
    }
}
