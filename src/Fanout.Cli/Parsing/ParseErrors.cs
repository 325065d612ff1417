using System.CommandLine;
using System.CommandLine.Parsing;

namespace Fanout.Cli.Parsing;

/// <summary>Says what is wrong with a command line that does not parse, and what was probably meant.</summary>
internal static class ParseErrors
{
    // The values of these are free text.
    private static readonly string[] FreeText = ["--where-error", "--set"];

    /// <summary>One message an error; none: the command line parses.</summary>
    public static IReadOnlyList<string> Describe(ParseResult parse)
    {
        var swallowed = SwallowedOptions(parse).ToList();
        var known = OptionNames(parse).ToHashSet(StringComparer.Ordinal);
        var starved = swallowed.Where(s => known.Contains(s.Word) && s.By is OptionResult).Select(s => NeedsValue(((OptionResult)s.By).Option)).ToList();
        if (starved.Count > 0)
            return starved;
        var unknown = parse.UnmatchedTokens.Concat(swallowed.Select(s => s.Word)).ToList();
        if (unknown.Count > 0)
            return [.. unknown.Select(word => DescribeUnknown(word, parse))];
        return [.. parse.Errors.Select(e => DescribeError(e, parse)).Distinct()];
    }

    // An option nobody knows looks like a value to the parser, and an option that takes values takes it as one.
    private static IEnumerable<(SymbolResult By, string Word)> SwallowedOptions(ParseResult parse)
    {
        foreach (var result in parse.CommandResult.Children)
        {
            var words = result.Tokens.Where(t => t.Type == TokenType.Argument).Select(t => t.Value);
            if (result is OptionResult { Option.Name: var name } && !FreeText.Contains(name))
                words = words.Where(w => w.StartsWith("--", StringComparison.Ordinal));
            else if (result is ArgumentResult)
                words = words.Where(w => w.StartsWith('-'));
            else
                words = [];
            foreach (var word in words)
                yield return (result, word);
        }
    }

    private static string DescribeUnknown(string word, ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (word.StartsWith('-'))
        {
            var name = word.Split('=', ':')[0];
            return $"{name} is no option of {Label(parse)}.{Suggest(name, OptionNames(parse), $"See {Label(parse)} --help.")}";
        }

        var names = command.Subcommands.Select(c => c.Name).ToList();
        if (command is not RootCommand && names.Count > 0)
            return $"{Label(parse)} {word} is no command.{Suggest(word, names, $"See {Label(parse)} --help for the commands.")}";
        return command is RootCommand
            ? $"{word} is no command.{Suggest(word, names, "See --help for the commands.")}"
            : $"{word} is more than {Label(parse)} takes. See {Label(parse)} --help.";
    }

    private static string DescribeError(ParseError error, ParseResult parse) => error.SymbolResult switch
    {
        ArgumentResult { Argument: var argument, Tokens.Count: 0 } when argument.Arity.MinimumNumberOfValues > 0 && parse.CommandResult.Command.Arguments.Contains(argument) =>
            $"{argument.HelpName ?? argument.Name} is missing. See {Label(parse)} --help.",
        CommandResult when parse.CommandResult.Command.Arguments.Count > 0 && parse.CommandResult.Tokens.Count == 0 =>
            $"{parse.CommandResult.Command.Arguments[0].HelpName} is missing. See {Label(parse)} --help.",
        OptionResult { Option: var option, Tokens.Count: 0 } => NeedsValue(option),
        OptionResult { Option: var option, IdentifierTokenCount: > 1 } => $"{option.Name}: is given more than once. Give it once.",
        _ => error.Message,
    };

    private static string NeedsValue(Option option) => $"{option.Name}: needs a value ({option.HelpName}).";

    private static string Label(ParseResult parse) => parse.CommandResult.Command is CliCommand command ? command.FullName : "the command line";

    private static IEnumerable<string> OptionNames(ParseResult parse) =>
        parse.CommandResult.Command.Options.Concat(parse.RootCommandResult.Command.Options.Where(o => o.Recursive)).Select(o => o.Name);

    private static string Suggest(string word, IEnumerable<string> known, string otherwise)
    {
        var limit = Math.Max(2, word.Length / 3);
        var best = known.Select(name => (Name: name, Distance: EditDistance(word, name))).Where(c => c.Distance <= limit)
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal).Select(c => c.Name).FirstOrDefault();
        return best is null ? " " + otherwise : $" Did you mean {best}?";
    }

    // Levenshtein's distance, with the two rows of Wagner and Fischer (1974) that are needed at a time.
    private static int EditDistance(string left, string right)
    {
        var above = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var row = new int[right.Length + 1];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var swap = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(swap, Math.Min(above[j], row[j - 1]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}
