using System.Globalization;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Soak;

/// <summary>What a process holds of the machine at one moment, by the kernel's account.</summary>
/// <param name="Memory">Bytes resident.</param>
/// <param name="Handles">File descriptors: files, sockets, timers, pipes.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct Footprint(long Memory, long Handles, long Threads)
{
    /// <exception cref="IOException">There is no such process any more.</exception>
    public static Footprint Of(int processId)
    {
        var status = ProcessStatus.Of(processId);
        return new Footprint(
            (status.Find("VmRSS") ?? throw new IOException($"Process {processId} has ended.")) << 10,
            Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")).LongCount(),
            status.Find("Threads") ?? 0);
    }
}
