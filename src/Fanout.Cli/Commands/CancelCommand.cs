using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary><c>cancel</c>: ends a run, and waits until it has ended.</summary>
internal static class CancelCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create();
        var grace = new GraceFlag();
        var command = new CliCommand("cancel", "End a run for good; items in flight are cancelled.")
        {
            Synopsis = "RUN [--json]",
            Examples = [("nightly", "from any terminal; redrive runs the rest later")],
        };
        command.Arguments.Add(run);
        command.Add(flags.Group(grace.Option, GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => CancelAsync(context, RunArgument.Require(context, run), grace.Read(context)));
    }

    private static async Task<int> CancelAsync(CommandContext context, string runId, TimeSpan grace)
    {
        context.SpecOrigin = $"run {runId}";
        await using var home = await context.OpenHomeOfAsync(runId, grace);
        await home.Client.CancelAsync(runId, context.Stop);
        // Nobody drives it: it is driven here to its quick end, so that every item is accounted for.
        var record = await new RunPursuit(context, home, RunDisplays.Create(context), grace).ToEndAsync(runId);
        var exitCode = RunEnding.Print(context, record, home.Client.LocateResults(runId));
        return record.Report?.Status is RunStatus.Cancelled ? ExitCodes.Success : exitCode;
    }
}
