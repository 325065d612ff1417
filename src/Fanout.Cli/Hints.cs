namespace Fanout.Cli;

/// <summary>Commands to type next, complete enough to be pasted.</summary>
/// <param name="programName">The command's name.</param>
/// <param name="home">The home given with <c>--home</c>; null: the default, which needs no mention.</param>
/// <param name="storage">The storage given with <c>--storage</c>; null: none was. A connection string is not repeated, as it holds a key.</param>
/// <param name="hub">The hub given with <c>--hub</c>; null: none was.</param>
/// <param name="server">The server given with <c>--server</c>; null: none was.</param>
/// <param name="keyFrom">The variable given with <c>--key-from</c>; null: none was.</param>
internal sealed class Hints(string programName, string? home, string? storage = null, string? hub = null, string? server = null, string? keyFrom = null)
{
    /// <summary>A command such as <c>fanout resume nightly --home /data</c>.</summary>
    public string Command(params IEnumerable<string> words)
    {
        List<string> all = [programName, .. words];
        if (home is not null)
            all.AddRange(["--home", home]);
        if (storage is not null)
            all.AddRange(["--storage", storage.Contains('=', StringComparison.Ordinal) ? "azure:CONNECTION" : storage]);
        if (hub is not null)
            all.AddRange(["--hub", hub]);
        if (server is not null)
            all.AddRange(["--server", server]);
        if (keyFrom is not null)
            all.AddRange(["--key-from", keyFrom]);
        return string.Join(' ', all.Select(Quote));
    }

    private static string Quote(string word)
    {
        if (word.Length > 0 && word.All(IsPlain))
            return word;
        return OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || "-_./:,%+=@".Contains(c, StringComparison.Ordinal) || (c == '\\' && OperatingSystem.IsWindows());
}
