using System.CommandLine;
using System.Text;

namespace Fanout.Cli.Parsing;

/// <summary>Help, as text.</summary>
internal static class HelpText
{
    private const int Indent = 2;
    private const int MinimumMeaningWidth = 30;

    /// <summary>Help for the program as a whole.</summary>
    public static string ForProgram(string programName, RootCommand root, GeneralFlags flags, int width)
    {
        var text = new StringBuilder();
        text.AppendLine(root.Description).AppendLine();
        text.Append("Usage: ").Append(programName).AppendLine(" COMMAND [OPTIONS]");
        Section(text, "Commands", root.Subcommands.OfType<CliCommand>().Select(c => (c.Name, c.Description ?? "")), width);
        Section(text, flags.Group().Title, Rows(flags.Group().Options), width);
        Section(text, "Exit codes",
        [
            ("0", "every item succeeded"),
            ("1", "every item is settled, some did not succeed; doctor: something is wrong"),
            ("2", "the request was refused"),
            ("3", "failed: more failures than tolerated, or the source failed"),
            ("4", "the deadline was reached"),
            ("130", "cancelled or interrupted"),
        ], width);
        text.AppendLine().Append("See ").Append(programName).AppendLine(" COMMAND --help for a command's options and examples.");
        return text.ToString();
    }

    /// <summary>Help for one command.</summary>
    public static string ForCommand(string programName, CliCommand command, int width)
    {
        var text = new StringBuilder();
        text.AppendLine(command.Description).AppendLine();
        text.Append("Usage: ").Append(programName).Append(' ').Append(command.FullName).Append(' ').AppendLine(command.Synopsis);
        if (command.Details is { } details)
            text.AppendLine().AppendLine(string.Join(Environment.NewLine, Wrap(details, width)));
        Section(text, "Commands", command.Subcommands.OfType<CliCommand>().Select(c => (c.Name, c.Description ?? "")), width);
        foreach (var group in command.Groups)
            Section(text, group.Title, Rows(group.Options), width);
        if (command.Examples.Count > 0)
            text.AppendLine().AppendLine("Examples:");
        foreach (var (arguments, meaning) in command.Examples)
        {
            text.Append(' ', Indent).Append("# ").AppendLine(meaning);
            text.Append(' ', Indent).Append(programName).Append(' ').Append(command.FullName).Append(' ').AppendLine(arguments);
        }

        return text.ToString();
    }

    private static IEnumerable<(string, string)> Rows(IEnumerable<Option> options) =>
        options.Select(o => (o.HelpName is null ? o.Name : $"{o.Name} {o.HelpName}", o.Description ?? ""));

    private static void Section(StringBuilder text, string title, IEnumerable<(string Name, string Meaning)> rows, int width)
    {
        var list = rows.ToList();
        if (list.Count == 0)
            return;
        text.AppendLine().Append(title).AppendLine(":");
        var column = Math.Min(list.Max(r => r.Name.Length), 32) + (2 * Indent);
        foreach (var (name, meaning) in list)
        {
            text.Append(' ', Indent).Append(name);
            var at = Indent + name.Length;
            foreach (var line in Wrap(meaning, Math.Max(MinimumMeaningWidth, width - column)))
            {
                if (at >= column)
                    text.AppendLine();
                text.Append(' ', at >= column ? column : column - at).Append(line);
                at = int.MaxValue;
            }

            text.AppendLine();
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }
}
