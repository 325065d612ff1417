using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>resume</c>: takes a pause back, and continues a run that nobody drives.</summary>
internal static class ResumeCommand
{
    // A process that died holds its run for no longer than this.
    private static readonly TimeSpan LongestLease = TimeSpan.FromSeconds(30);

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create();
        var grace = new GraceFlag();
        var command = new CliCommand("resume", "Take a pause back; continue a run that was interrupted.")
        {
            Synopsis = "RUN [OPTIONS]",
            Details = "A run that another process drives goes on there. One that nobody drives is driven here, to its end, and announced if its spec asks for that. "
                + "One of a server goes on there, and is watched to its end.",
            Examples = [("nightly", "after a pause, Ctrl+C, or a crash")],
        };
        command.Arguments.Add(run);
        command.Add(flags.Group(grace.Option, GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => ResumeAsync(context, RunArgument.Require(context, run), grace.Read(context)));
    }

    private static async Task<int> ResumeAsync(CommandContext context, string runId, TimeSpan grace)
    {
        context.SpecOrigin = $"run {runId}";
        await using var home = await context.OpenHomeOfAsync(runId, grace);
        var record = await home.Client.GetAsync(runId, context.Stop);
        if (record.IsOver)
            throw new RunException(runId, $"Run {runId} has ended ({StatusText.Word(record)}); there is nothing to resume. "
                + $"See it with: {context.Hints.Command("status", runId)}");
        // At a server this also has it driven, if nobody does.
        if (record.Report is null && (record.Control.Paused || context.IsAtServer))
            await home.Client.ResumeAsync(runId, context.Stop);
        var display = RunDisplays.Create(context);
        var pursuit = new RunPursuit(context, home, display, grace);
        if (!context.IsAtServer)
            record = await pursuit.UntilSignOfLifeAsync(record, LongestLease);
        if (!context.IsAtServer && record is { IsOver: false, DrivenBy: not null })
            return PrintElsewhere(context, record);
        record = await pursuit.ToEndAsync(runId);
        return RunEnding.Print(context, record, home.Client.LocateResults(runId));
    }

    private static int PrintElsewhere(CommandContext context, RunRecord record)
    {
        if (context.Json)
            context.PrintJson(JsonText.Record(record));
        else
            context.Print($"Run {record.Id} goes on in {record.DrivenBy}. See it with: {context.Hints.Command("status", record.Id)}");
        return ExitCodes.Success;
    }
}
