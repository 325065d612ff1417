namespace Fanout.Server.Diagnosis;

/// <summary>Records what this process does.</summary>
public interface IProfiler
{
    /// <summary>Kinds of profiles, such as <c>cpu</c>; the first is the default.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Records until the time is over or <paramref name="stop"/> is cancelled; what there is until then is whole.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="duration">How long.</param>
    /// <param name="path">The file for the trace, made or replaced.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ServerException">It cannot be recorded or written.</exception>
    Task RecordAsync(string kind, TimeSpan duration, string path, CancellationToken stop);

    /// <summary>A trace as a page.</summary>
    /// <param name="kind">What it is of.</param>
    /// <param name="path">The trace's file.</param>
    /// <exception cref="ServerException">It cannot be read.</exception>
    Task<string> DrawAsync(string kind, string path);
}
