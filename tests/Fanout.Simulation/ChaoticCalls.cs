namespace Fanout.Simulation;

/// <summary>Calls take their turn; the process may die before or after any of them, stall, or find the disk full.</summary>
internal sealed class ChaoticCalls(SimulatedProcess process, TimeProvider clock, Chaos chaos) : IStorageCalls
{
    public async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
    {
        await Task.Yield();
        if (chaos.Stalls())
            process.StalledUntil = clock.GetUtcNow() + chaos.StallLength();
        while (clock.GetUtcNow() < process.StalledUntil)
            await Task.Delay(process.StalledUntil - clock.GetUtcNow(), clock);
        if (process.IsDead)
            return await SimulatedProcess.NeverAsync<T>();
        if (chaos.Dies())
            return await DieAsync<T>($"before {name}");
        if (chaos.FindsDiskFull())
            throw new StorageException("The simulated disk is full.");

        var result = await call();
        chaos.Trace($"{process.Number} {name}");
        if (chaos.Dies())
            return await DieAsync<T>($"after {name}");
        if (chaos.Latency() is var latency && latency > TimeSpan.Zero)
            await Task.Delay(latency, clock);
        await Task.Yield();
        return process.IsDead ? await SimulatedProcess.NeverAsync<T>() : result;
    }

    private Task<T> DieAsync<T>(string when)
    {
        chaos.Trace($"{process.Number} dies {when}");
        process.Die();
        return SimulatedProcess.NeverAsync<T>();
    }
}
