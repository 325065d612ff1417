using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Work;

/// <summary>Something that works items, in this process.</summary>
internal interface IContender
{
    /// <summary>Its name in the table.</summary>
    string Name { get; }

    /// <summary>What it does for the items beyond working them; null: nothing to be said.</summary>
    string? Note { get; }

    /// <summary>About so many items a second that need nothing done; it is given as many as keep it busy for a few seconds.</summary>
    double NoopsPerSecond { get; }

    /// <summary>Works all items of a file; how long that took. What it needs to be ready is not counted, but for Fanout's home.</summary>
    /// <param name="work">What is to be done with each.</param>
    /// <param name="path">JSON lines.</param>
    /// <param name="items">How many there are.</param>
    /// <param name="scratch">Where it may keep what it stores.</param>
    Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch);
}
