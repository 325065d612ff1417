using System.Diagnostics;
using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Work;

/// <summary>The fanout command as it was built along with the benchmarks, or the one that FANOUT_COMMAND names.</summary>
internal static class FanoutCommand
{
    private static readonly string _path = Environment.GetEnvironmentVariable("FANOUT_COMMAND") ?? FindBuilt();

    public static Process Start(params IEnumerable<string> arguments) => Processes.Start(_path, arguments);

    public static TimeSpan Run(params IEnumerable<string> arguments) => Processes.Run(_path, arguments);

    // …/tests/Fanout.Benchmarks/bin/Release/net10.0 -> …/src/Fanout.Cli/bin/Release/net10.0
    private static string FindBuilt()
    {
        var output = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var root = Path.GetFullPath(Path.Combine(output, "../../../../.."));
        var built = Path.Combine(root, "src/Fanout.Cli", Path.GetRelativePath(Path.Combine(root, "tests/Fanout.Benchmarks"), output), "fanout");
        return File.Exists(built) ? built : throw new FileNotFoundException("The fanout command is not built. Build src/Fanout.Cli in the same configuration.", built);
    }
}
