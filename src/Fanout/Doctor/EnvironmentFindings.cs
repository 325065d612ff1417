using System.Globalization;

namespace Fanout.Doctor;

/// <summary>What is wrong with a process and its machine, and what to do.</summary>
internal static class EnvironmentFindings
{
    private const long FewFiles = 1_024;
    private const double ManyFiles = 0.9;
    private const double MuchMemory = 0.95;
    private const long LittleMemory = 256L << 20;
    private const long LittleSpace = 100L << 20;
    private const long ManyWaiting = 1_000;
    private const double LongPauses = 20;

    public static IEnumerable<Finding> Of(EnvironmentReport environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return OfLimits(environment).Concat(OfProcess(environment));
    }

    private static IEnumerable<Finding> OfLimits(EnvironmentReport environment)
    {
        if (environment.OpenFileLimit is { } most && environment.OpenFiles >= most * ManyFiles)
            yield return Problem("files.used", Invariant($"The process has {environment.OpenFiles} of {most} files open that it may have."), "Raise the limit (ulimit -n 65536) and start it again.");
        else if (environment.OpenFileLimit <= FewFiles)
            yield return Advice("files.limit", Invariant($"A process may have only {environment.OpenFileLimit} files and connections open."), "Before runs with hundreds of requests in flight raise the limit: ulimit -n 65536.");
        if (environment.Memory < LittleMemory)
            yield return Advice("memory.little", Invariant($"The process may use only {Mebibytes(environment.Memory)} of memory."), "Give the container more, or run with a lower --concurrency.");
        if (environment.MemoryLoad > MuchMemory)
            yield return Problem("memory.full", Invariant($"{environment.MemoryLoad * 100:0}% of {Mebibytes(environment.Memory)} of memory are in use."), "End what uses it, or give more: a process that gets none is killed, and its runs are interrupted.");
        if (environment.CoreLimit < 1)
            yield return Advice("cores.limit", Invariant($"The container may use {environment.CoreLimit:0.##} of a core."), "Items wait for it. Give it at least one.");
        if (environment.TemporarySpace < LittleSpace)
            yield return Problem("temporary.full", Invariant($"{Mebibytes(environment.TemporarySpace.Value)} are left for temporary files."), "Free some, or set TMPDIR to a directory with more.");
    }

    private static IEnumerable<Finding> OfProcess(EnvironmentReport environment)
    {
        if (environment.ThreadPool.Waiting > ManyWaiting)
            yield return Problem("threads.starved", Invariant($"{environment.ThreadPool.Waiting:N0} pieces of work wait for {environment.ThreadPool.Threads} threads."), "A handler blocks its thread: await instead of waiting (no .Result, no Thread.Sleep). fanout profile RUN shows where.");
        if (environment.Garbage.PausePercent > LongPauses)
            yield return Problem("garbage.pauses", Invariant($"Collecting garbage stops everything {environment.Garbage.PausePercent:0}% of the time."), "fanout profile RUN --alloc shows who makes it; more memory helps, too.");
        if (!environment.Diagnostics)
            yield return Advice("diagnostics.off", "DOTNET_EnableDiagnostics turns the runtime's diagnostics off: processes started like this one cannot be profiled.", "Start them without it if they are to be.");
    }

    private static string Mebibytes(long bytes) => Invariant($"{bytes / 1048576.0:N0} MiB");

    private static Finding Problem(string name, string message, string remedy) => new(FindingLevel.Problem, name, message, remedy);

    private static Finding Advice(string name, string message, string remedy) => new(FindingLevel.Advice, name, message, remedy);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
