namespace Fanout.Embedded.Driving;

/// <summary>How many orchestrators an engine holds in memory.</summary>
internal sealed class LiveCount
{
    private int _count;

    /// <summary>Counts one more; returns how many there are.</summary>
    public int Add() => Interlocked.Increment(ref _count);

    public int Current => Volatile.Read(ref _count);

    public void Remove() => Interlocked.Decrement(ref _count);
}
