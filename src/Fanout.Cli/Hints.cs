namespace Fanout.Cli;

/// <summary>Commands to type next, complete enough to be pasted.</summary>
/// <param name="programName">The command's name.</param>
/// <param name="home">The home given with <c>--home</c>; null: the default, which needs no mention.</param>
internal sealed class Hints(string programName, string? home)
{
    /// <summary>A command such as <c>fanout resume nightly --home /data</c>.</summary>
    public string Command(params IEnumerable<string> words)
    {
        IEnumerable<string> all = [programName, .. words];
        return string.Join(' ', (home is null ? all : [.. all, "--home", home]).Select(Quote));
    }

    private static string Quote(string word)
    {
        if (word.Length > 0 && word.All(IsPlain))
            return word;
        return OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || "-_./:,%+=@".Contains(c, StringComparison.Ordinal) || (c == '\\' && OperatingSystem.IsWindows());
}
