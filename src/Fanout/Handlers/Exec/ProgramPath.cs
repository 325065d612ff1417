using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Exec;

internal enum ProgramState
{
    Found,
    Missing,
    NotExecutable,
}

/// <summary>Finds programs the way execvp does, once instead of for every item.</summary>
internal static class ProgramPath
{
    /// <summary>A constant template's text with its doubled braces made single.</summary>
    public static string Unescape(Template constant) =>
        constant.Text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

    /// <summary>A name with a slash is a path, relative to the working directory the command gets; one without is searched for in PATH.</summary>
    public static ProgramState Find(string program, string? workingDirectory, out string path)
    {
        path = program;
        if (program.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(program))
            return Examine(Path.Combine(Path.GetFullPath(workingDirectory ?? "."), program));
        // What PATH does not have must not be found in the current directory.
        path = "";
        var worst = ProgramState.Missing;
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(Path.PathSeparator))
        {
            foreach (var candidate in Candidates(Path.Combine(directory.Length == 0 ? "." : directory, program)))
            {
                var state = Examine(candidate);
                if (state == ProgramState.Found)
                {
                    path = Path.GetFullPath(candidate);
                    return state;
                }
                if (state == ProgramState.NotExecutable)
                    (worst, path) = (state, Path.GetFullPath(candidate));
            }
        }
        return worst;
    }

    private static string[] Candidates(string path) =>
        OperatingSystem.IsWindows() && !Path.HasExtension(path) ? [path + ".exe", path + ".cmd", path + ".bat"] : [path];

    private static ProgramState Examine(string path)
    {
        if (!File.Exists(path))
            return ProgramState.Missing;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & execute) != 0 ? ProgramState.Found : ProgramState.NotExecutable;
    }
}
