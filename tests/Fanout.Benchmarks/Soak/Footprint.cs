using System.Globalization;

namespace Fanout.Benchmarks.Soak;

/// <summary>What a process holds of the machine at one moment, by the kernel's account (proc(5)).</summary>
/// <param name="Memory">Bytes resident.</param>
/// <param name="Handles">File descriptors: files, sockets, timers, pipes.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct Footprint(long Memory, long Handles, long Threads)
{
    /// <exception cref="IOException">There is no such process any more.</exception>
    public static Footprint Of(int processId)
    {
        var directory = $"/proc/{processId.ToString(CultureInfo.InvariantCulture)}";
        var status = File.ReadAllLines(Path.Combine(directory, "status"));
        return new Footprint(
            Number(status, "VmRSS:") << 10,
            Directory.EnumerateFileSystemEntries(Path.Combine(directory, "fd")).LongCount(),
            Number(status, "Threads:"));
    }

    private static long Number(string[] status, string name)
    {
        var line = status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) ?? throw new IOException($"The process has no {name} any more.");
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
