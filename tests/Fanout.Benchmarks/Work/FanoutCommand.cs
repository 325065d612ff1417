using System.Diagnostics;
using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Work;

/// <summary>The fanout command as it was built along with the benchmarks, or the one that FANOUT_COMMAND names.</summary>
internal static class FanoutCommand
{
    /// <summary>Where all of this is from.</summary>
    // …/tests/Fanout.Benchmarks/bin/Release/net10.0
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>Its path.</summary>
    public static string Executable { get; } = Environment.GetEnvironmentVariable("FANOUT_COMMAND") ?? FindBuilt();

    public static Process Start(params IEnumerable<string> arguments) => Processes.Start(Executable, arguments);

    public static TimeSpan Run(params IEnumerable<string> arguments) => Processes.Run(Executable, arguments);

    // The same below src/Fanout.Cli as this is below tests/Fanout.Benchmarks.
    private static string FindBuilt()
    {
        var built = Path.Combine(
            Repository, "src/Fanout.Cli", Path.GetRelativePath(Path.Combine(Repository, "tests/Fanout.Benchmarks"), AppContext.BaseDirectory), "fanout");
        return File.Exists(built) ? built : throw new FileNotFoundException("The fanout command is not built. Build src/Fanout.Cli in the same configuration.", built);
    }
}
