using System.Diagnostics;

namespace Fanout.Benchmarks.Work;

/// <summary>The most memory a process had resident, by the kernel's own account.</summary>
internal static class PeakMemory
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(5);

    /// <summary>Watches a process to its end, in MB. The kernel keeps the maximum, so only its last few milliseconds could be missed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<double> WatchAsync(Process process)
    {
        var complaint = process.StandardError.ReadToEndAsync();
        var kilobytes = 0L;
        while (!process.HasExited)
        {
            kilobytes = Math.Max(kilobytes, ReadHighWaterMark(process.Id));
            await Task.Delay(Every, TimeProvider.System);
        }

        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? kilobytes * 1024 / 1e6
            : throw new InvalidOperationException($"fanout ended with {process.ExitCode}: {await complaint}");
    }

    // 0: it is ending and has no memory any more.
    private static long ReadHighWaterMark(int processId)
    {
        try
        {
            return ProcessStatus.Of(processId).Find("VmHWM") ?? 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
