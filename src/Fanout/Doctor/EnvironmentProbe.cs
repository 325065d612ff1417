using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Fanout.Doctor;

/// <summary>Looks at this process and its machine.</summary>
public static class EnvironmentProbe
{
    private static readonly string[] DiagnosticsVariables = ["DOTNET_EnableDiagnostics", "DOTNET_EnableDiagnostics_IPC", "COMPlus_EnableDiagnostics", "COMPlus_EnableDiagnostics_IPC"];

    /// <summary>What there is to see now; what does not tell itself is left out.</summary>
    public static EnvironmentReport Look()
    {
        var memory = MemoryInfo();
        return new EnvironmentReport
        {
            System = RuntimeInformation.OSDescription,
            Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            Runtime = RuntimeInformation.FrameworkDescription,
            ProcessId = Environment.ProcessId,
            Cores = Environment.ProcessorCount,
            CoreLimit = ContainerLimits.Cores(ReadFile),
            Memory = memory.TotalAvailableMemoryBytes,
            MemoryLimit = ContainerLimits.Memory(ReadFile),
            MemoryLoad = memory.TotalAvailableMemoryBytes == 0 ? 0 : Math.Round((double)memory.MemoryLoadBytes / memory.TotalAvailableMemoryBytes, 3),
            WorkingSet = Environment.WorkingSet,
            OpenFiles = OpenFiles(),
            OpenFileLimit = OpenFileLimit(ReadFile("/proc/self/limits")),
            Garbage = new GarbageReport(
                GCSettings.IsServerGC ? "Server" : "Workstation", GCSettings.LatencyMode != GCLatencyMode.Batch, GC.GetTotalMemory(forceFullCollection: false),
                GC.CollectionCount(0), memory.PauseTimePercentage),
            ThreadPool = ThreadPools(),
            Diagnostics = DiagnosticsVariables.All(name => Environment.GetEnvironmentVariable(name) != "0"),
            TemporarySpace = TemporarySpace(),
        };
    }

    /// <summary>The limit in the text of <c>/proc/self/limits</c> (proc(5)); null: none.</summary>
    internal static long? OpenFileLimit(string? limits)
    {
        var line = limits?.Split('\n').FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var most) ? most : null;
    }

    // The collector measures memory when it collects: a process that has just begun has no figures yet.
    private static GCMemoryInfo MemoryInfo()
    {
        if (GC.GetGCMemoryInfo() is { Index: > 0 } known)
            return known;
        GC.Collect(0);
        return GC.GetGCMemoryInfo();
    }

    private static ThreadPoolReport ThreadPools()
    {
        ThreadPool.GetMinThreads(out var least, out _);
        ThreadPool.GetMaxThreads(out var most, out _);
        return new ThreadPoolReport(ThreadPool.ThreadCount, least, most, ThreadPool.PendingWorkItemCount);
    }

    private static int? OpenFiles()
    {
        try
        {
            return OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : null;
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? TemporarySpace()
    {
        try
        {
            return new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
