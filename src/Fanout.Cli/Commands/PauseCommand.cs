using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;

namespace Fanout.Cli.Commands;

/// <summary><c>pause</c>: nothing new starts until the run is resumed.</summary>
internal static class PauseCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create();
        var command = new CliCommand("pause", "Start no more items of a run until it is resumed; those in flight finish.")
        {
            Synopsis = "RUN [--json]",
            Examples = [("nightly", "from any terminal")],
        };
        command.Arguments.Add(run);
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => PauseAsync(context, RunArgument.Require(context, run)));
    }

    private static async Task<int> PauseAsync(CommandContext context, string runId)
    {
        await using var home = await context.OpenHomeOfAsync(runId);
        await home.Client.PauseAsync(runId, context.Stop);
        var record = await home.Client.GetAsync(runId, context.Stop);
        while (record.Status is RunStatus.Pending or RunStatus.Running)
        {
            await Task.Delay(PollInterval, context.Environment.Time, context.Stop);
            record = await home.Client.GetAsync(runId, context.Stop);
        }

        if (context.Json)
            context.PrintJson(JsonText.Record(record));
        else
            context.Print(record.Status is RunStatus.Paused
                ? $"Run {runId} is paused. Resume it with: {context.Hints.Command("resume", runId)}"
                : $"Run {runId} ended before it could be paused: {StatusText.Word(record)}.");
        return record.Status is RunStatus.Paused ? ExitCodes.Success : ExitCodes.Refused;
    }
}
