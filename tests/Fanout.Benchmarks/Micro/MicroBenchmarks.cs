using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Fanout.Benchmarks.Micro;

/// <summary>Single steps of an item's way, by BenchmarkDotNet, with what they allocate.</summary>
internal static class MicroBenchmarks
{
    private static readonly Type[] All = [typeof(ReadingItems), typeof(ResultLines), typeof(Settling), typeof(Pacing), typeof(Planning)];

    /// <summary>Runs those whose names hold one of the filters; none: all. 0: there were some.</summary>
    public static int Run(IReadOnlyList<string> filters)
    {
        // In this process: one of its own would be built without the central versions of packages.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.LaunchCount, Column.WarmupCount)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "fanout-micro"))
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
        string[] arguments = ["--filter", .. filters.Count == 0 ? ["*"] : filters.Select(filter => $"*{filter}*")];
        return BenchmarkSwitcher.FromTypes(All).Run(arguments, config).Any() ? 0 : 2;
    }
}
