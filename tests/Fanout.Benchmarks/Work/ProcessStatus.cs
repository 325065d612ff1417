using System.Globalization;

namespace Fanout.Benchmarks.Work;

/// <summary>What the kernel tells of a process in <c>/proc/PID/status</c> (proc(5)), at one moment.</summary>
internal sealed class ProcessStatus
{
    private readonly string[] _lines;

    private ProcessStatus(string[] lines) => _lines = lines;

    /// <exception cref="IOException">There is no such process any more.</exception>
    public static ProcessStatus Of(int processId) => new(File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")));

    /// <summary>A number; one of memory is in KiB. Null: a process that is ending has no memory any more.</summary>
    public long? Find(string name) =>
        _lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            : null;
}
