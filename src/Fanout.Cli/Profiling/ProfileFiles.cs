using System.Globalization;

namespace Fanout.Cli.Profiling;

/// <summary>Where a profile is written.</summary>
/// <param name="Trace">The trace, as other tools read it, too.</param>
/// <param name="Page">The flame graph.</param>
internal sealed record ProfileFiles(string Trace, string Page)
{
    private const string TraceEnding = ".nettrace";
    private const string PageEnding = ".html";

    /// <summary>Named by what was profiled, the kind and the time, unless a name was given.</summary>
    public static ProfileFiles Of(ProfileRequest request, DateTimeOffset now)
    {
        var subject = request.RunId ?? string.Create(CultureInfo.InvariantCulture, $"process-{request.ProcessId}");
        var name = string.Create(CultureInfo.InvariantCulture, $"{subject}-{request.Kind}-{now.UtcDateTime:yyyyMMdd-HHmmss}");
        var path = request.Output switch
        {
            null => Path.GetFullPath(name),
            { Length: 0 } => throw new UsageException("--out: is empty. Give a directory, or a file's name without its ending."),
            var given when Directory.Exists(given) || Path.EndsInDirectorySeparator(given) => Path.GetFullPath(Path.Combine(given, name)),
            var given => Path.GetFullPath(WithoutEnding(given)),
        };
        MakeDirectory(Path.GetDirectoryName(path)!);
        return new ProfileFiles(path + TraceEnding, path + PageEnding);
    }

    private static string WithoutEnding(string path) =>
        path.EndsWith(TraceEnding, StringComparison.OrdinalIgnoreCase) ? path[..^TraceEnding.Length]
        : path.EndsWith(PageEnding, StringComparison.OrdinalIgnoreCase) ? path[..^PageEnding.Length]
        : path;

    private static void MakeDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out: {path} cannot be made: {failure.Message}");
        }
    }
}
