using System.CommandLine;
using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>purge</c>: deletes ended runs with their results.</summary>
internal sealed class PurgeCommand
{
    private readonly Argument<string?> _run = RunArgument.Create(required: false);

    private readonly Option<string?> _olderThan = new("--older-than")
    {
        Description = "Every run that ended longer ago than this",
        HelpName = "7d",
    };

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var purge = new PurgeCommand();
        var command = new CliCommand("purge", "Delete ended runs with their results.")
        {
            Synopsis = "RUN | --older-than 7d",
            Examples = [("nightly", "one run"), ("--older-than 7d", "all that ended more than a week ago")],
        };
        command.Arguments.Add(purge._run);
        command.Add(new FlagGroup("Which", [purge._olderThan]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, purge.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext context)
    {
        var runId = context.Parse.GetValue(_run);
        var olderThan = context.Parse.GetValue(_olderThan);
        if (runId is null == olderThan is null)
            throw new UsageException("give either a run or --older-than, such as: purge nightly, or: purge --older-than 7d");
        var age = olderThan is null ? TimeSpan.Zero : ReadAge(context, olderThan);
        var purged = runId is null ? await PurgeOlderAsync(context, age) : await PurgeOneAsync(context, runId);
        if (context.Json)
            context.PrintJson(new JsonObject { ["purged"] = new JsonArray([.. purged.Select(id => (JsonNode?)JsonValue.Create(id))]) });
        else
            context.Print($"Purged {Figures.Count(purged.Count, "run")}.");
        return ExitCodes.Success;
    }

    private static TimeSpan ReadAge(CommandContext context, string text) =>
        context.Environment.Specs.TryReadDuration(text, out var age) && age >= TimeSpan.Zero
            ? age
            : throw new UsageException($"--older-than: \"{text}\" is not a duration. Write a number with its unit, such as 12h or 7d.");

    private static async Task<IReadOnlyList<string>> PurgeOneAsync(CommandContext context, string runId)
    {
        await using var home = await context.OpenHomeOfAsync(runId);
        await home.Client.PurgeAsync(runId, context.Stop);
        return [runId];
    }

    private static async Task<IReadOnlyList<string>> PurgeOlderAsync(CommandContext context, TimeSpan age)
    {
        if (!context.HasHome)
            return [];
        await using var home = await context.OpenHomeAsync();
        return await home.Client.PurgeEndedAsync(age, context.Environment.Time.GetUtcNow(), context.Stop);
    }
}
