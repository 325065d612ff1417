using System.Text.RegularExpressions;

namespace Fanout.Cli.Tests.Patterns.Support;

/// <summary>What README.md shows, as tests run it.</summary>
internal static partial class Readme
{
    /// <summary>The commands of a pattern: the fenced block behind <c>&lt;!-- pattern: name --&gt;</c>.</summary>
    public static string Commands(string pattern)
    {
        var block = Regex.Match(Repository.Readme, $"<!-- pattern: {Regex.Escape(pattern)} -->\n```sh\n(.*?)\n```", RegexOptions.Singleline);
        return block.Success ? block.Groups[1].Value : throw new InvalidOperationException($"README.md has no commands for the pattern '{pattern}'.");
    }

    /// <summary>Names of all patterns that are commands.</summary>
    public static IEnumerable<string> Patterns() =>
        PatternMarker().Matches(Repository.Readme).Select(match => match.Groups[1].Value);

    /// <summary>The blocks of a language, in order.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Regex.Matches(Repository.Readme, $"^```{Regex.Escape(language)}\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)];

    /// <summary>The commands that need a storage account: the fenced blocks behind <c>&lt;!-- azurite --&gt;</c>, in order.</summary>
    public static IReadOnlyList<string> WithAnAccount() =>
        [.. Regex.Matches(Repository.Readme, "<!-- azurite -->\n```sh\n(.*?)\n```", RegexOptions.Singleline).Select(match => match.Groups[1].Value)];

    /// <summary>A console block as commands (<c>$ …</c>), each with the output shown below it.</summary>
    public static IReadOnlyList<(string Command, string Output)> Steps(string console)
    {
        var steps = new List<(string Command, string Output)>();
        foreach (var line in console.Split('\n'))
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
                steps.Add((line[2..], ""));
            else
                steps[^1] = (steps[^1].Command, steps[^1].Output + line + "\n");
        }

        return steps;
    }

    [GeneratedRegex("^<!-- pattern: ([a-z-]+) -->$", RegexOptions.Multiline)]
    private static partial Regex PatternMarker();
}
