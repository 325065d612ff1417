using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>list</c>: the runs of a home.</summary>
internal static class ListCommand
{
    private const int DefaultLimit = 100;
    private const int HighestLimit = 1_000;

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var status = new Option<string?>("--status") { Description = "Only runs of this status, or of several: Running,Paused", HelpName = "STATUS" };
        var limit = new Option<string?>("--limit") { Description = "At most so many, 1 to 1000 (default: 100)", HelpName = "N" };
        var command = new CliCommand("list", "List runs, newest first.")
        {
            Synopsis = "[--status STATUS] [--limit N] [--json]",
            Examples = [("--status Running,Paused", "what is under way")],
        };
        command.Add(new FlagGroup("Which", [status, limit]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context =>
            PrintAsync(context, new RunQuery(ReadStatus(context.Parse.GetValue(status)), Limit: ReadLimit(context.Parse.GetValue(limit)))));
    }

    private static async Task<int> PrintAsync(CommandContext context, RunQuery query)
    {
        var runs = await ReadAsync(context, query);
        if (context.Json)
            context.PrintJson(new JsonArray([.. runs.Select(r => (JsonNode?)JsonText.Record(r))]));
        else if (runs.Count == 0)
            context.Print("No runs.");
        else
            RunTable.Print(RunTable.Create(runs), context.Environment.Output);
        return ExitCodes.Success;
    }

    private static async Task<IReadOnlyList<RunRecord>> ReadAsync(CommandContext context, RunQuery query)
    {
        if (!context.HasHome)
            return [];
        await using var home = await context.OpenHomeAsync();
        return await home.Client.ListAsync(query, context.Stop);
    }

    private static RunStatus[]? ReadStatus(string? text)
    {
        if (text is null)
            return null;
        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(ReadOne)];

        static RunStatus ReadOne(string word) =>
            Enum.GetValues<RunStatus>().Cast<RunStatus?>().FirstOrDefault(s => string.Equals(s.ToString(), word, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"--status: \"{word}\" is no status. Write one or more of {string.Join(", ", Enum.GetNames<RunStatus>())}.");
    }

    private static int ReadLimit(string? text)
    {
        if (text is null)
            return DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= HighestLimit
            ? limit
            : throw new UsageException($"--limit: \"{text}\" is not a whole number from 1 to {HighestLimit}.");
    }
}
