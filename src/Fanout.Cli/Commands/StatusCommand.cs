using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;

namespace Fanout.Cli.Commands;

/// <summary><c>status</c>: how a run is doing.</summary>
internal static class StatusCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create();
        var command = new CliCommand("status", "Show how a run is doing, or its report when it has ended.")
        {
            Synopsis = "RUN [--json]",
            Examples = [("nightly", "progress, what it waits for, who drives it")],
        };
        command.Arguments.Add(run);
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => PrintAsync(context, RunArgument.Require(context, run)));
    }

    private static async Task<int> PrintAsync(CommandContext context, string runId)
    {
        await using var home = await context.OpenHomeOfAsync(runId);
        var record = await home.Client.GetAsync(runId, context.Stop);
        if (context.Json)
            context.PrintJson(JsonText.Record(record));
        else
            context.Print(StatusText.Format(record, record.Report?.Results ?? home.Client.LocateResults(runId), context.Hints));
        return ExitCodes.Success;
    }
}
