namespace Fanout.Simulation;

/// <summary>A process of the simulation. When it dies its clock stops and its calls never return: that is all that is left of it.</summary>
internal sealed class SimulatedProcess(int number)
{
    public int Number { get; } = number;

    public bool IsDead { get; private set; }

    /// <summary>Until then its calls do not get through, as in a process that is swapped out.</summary>
    public DateTimeOffset StalledUntil { get; set; }

    public void Die() => IsDead = true;

    /// <summary>What code of a dead process waits for.</summary>
    public static Task<T> NeverAsync<T>() => new TaskCompletionSource<T>().Task;
}
