using Fanout.Diagnostics.Stacks;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.EventPipe;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Fanout.Diagnostics.Reading;

/// <summary>Reads a trace and sums it up by call stack.</summary>
public static class TraceReader
{
    private static readonly string[] WaitingFrames = ["System.Threading.Lock.", "System.Threading.Monitor.", "System.Diagnostics.Tracing."];

    /// <summary>Reads it. A trace that ends too early, as of a process that was killed, is read as far as it goes.</summary>
    /// <param name="path">The trace, a file of the format <c>.nettrace</c>.</param>
    /// <param name="kind">What was recorded.</param>
    /// <exception cref="ProfileException">It is no trace, or what is derived from it cannot be written beside other temporary files.</exception>
    public static Profile Read(string path, ProfileKind kind)
    {
        ArgumentNullException.ThrowIfNull(path);
        var index = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.etlx");
        try
        {
            TraceLog.CreateFromEventPipeDataFile(path, index, new TraceLogOptions { ContinueOnError = true });
            using var log = new TraceLog(index);
            return Sum(log, kind);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException or ApplicationException)
        {
            throw new ProfileException($"{path}: the trace cannot be read: {failure.Message} Is there space for temporary files in {Path.GetTempPath()}?", failure);
        }
        finally
        {
            File.Delete(index);
        }
    }

    private static Profile Sum(TraceLog log, ProfileKind kind)
    {
        using var source = log.Events.GetSource();
        var stacks = new StackWeights(kind == ProfileKind.Locks ? IsOfTheLock : static _ => false);
        switch (kind)
        {
            case ProfileKind.Cpu:
                new SampleProfilerTraceEventParser(source).ThreadSample += sample => AddSample(stacks, sample);
                break;
            case ProfileKind.Alloc:
                source.Clr.GCAllocationTick += tick => stacks.Add(tick, tick.AllocationAmount64, tick.TypeName);
                break;
            default:
                AddWaits(source, stacks);
                break;
        }

        source.Process();
        return new Profile(kind, stacks.Merge(), stacks.Events, log.EventsLost, log.SessionDuration);
    }

    // The beginning of a wait tells where it is, the end how long it was, of the same thread.
    private static void AddWaits(TraceLogEventSource source, StackWeights stacks)
    {
        var waiting = new Dictionary<int, TraceCallStack>();
        source.Clr.ContentionStart += begun =>
        {
            if (begun.CallStack() is { } stack)
                waiting[begun.ThreadID] = stack;
        };
        source.Clr.ContentionStop += over =>
        {
            if (waiting.Remove(over.ThreadID, out var stack))
                stacks.Add(stack, (long)over.DurationNs, leaf: null);
        };
    }

    // Who waits is of interest, not how the runtime does it.
    private static bool IsOfTheLock(string frame) => WaitingFrames.Any(prefix => frame.StartsWith(prefix, StringComparison.Ordinal));

    // A thread that is not in managed code is in a call of the system or of a library, which is waiting more often than not: there is no telling.
    private static void AddSample(StackWeights stacks, ClrThreadSampleTraceData sample)
    {
        if (sample.Type == ClrThreadSampleType.Managed)
            stacks.Add(sample, 1, leaf: null);
    }
}
