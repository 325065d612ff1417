namespace Fanout.Simulation;

/// <summary>A process of the simulation. When it dies its clock stops and its calls never return: that is all that is left of it.</summary>
internal sealed class SimulatedProcess(int number)
{
    public int Number { get; } = number;

    private volatile bool _isDead;

    public bool IsDead => _isDead;

    /// <summary>How far its calendar is off; its monotonic clock is not.</summary>
    public TimeSpan ClockError { get; set; }

    /// <summary>Until then its calls do not get through, as in a process that is swapped out.</summary>
    public DateTimeOffset StalledUntil { get; set; }

    /// <summary>When it died; null: it lives, or nobody asks.</summary>
    public DateTimeOffset? DiedAt { get; private set; }

    public void Die() => _isDead = true;

    public void Die(DateTimeOffset at)
    {
        DiedAt ??= at;
        Die();
    }

    /// <summary>What code of a dead process waits for.</summary>
    public static Task<T> NeverAsync<T>() => new TaskCompletionSource<T>().Task;
}
