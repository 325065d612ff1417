using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary><c>run</c>: starts a run, or continues the one of the same id, and stays with it to its end.</summary>
internal static class RunCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var request = new SpecRequest();
        var grace = new GraceFlag();
        var command = new CliCommand("run", "Run a handler over many items, and wait for the end.")
        {
            Synopsis = "[--spec FILE] [SOURCE] [OPTIONS] (--handler NAME [--set key=value]… | -- COMMAND ARG… {} …)",
            TakesExec = true,
            Details = "The same --id again continues an interrupted run and prints the report of one that has ended. "
                + "Ctrl+C lets items in flight finish and leaves the run to be resumed; a second one cancels them.",
            Examples =
            [
                ("--lines urls.txt --concurrency 32 --attempts 4 -- curl -sf {}", "a command for each line"),
                ("--jsonl orders.jsonl --handler http --set url=https://example.org/orders --rate 50/s --id nightly", "a request for each order, 50 a second"),
                ("--range 0..1000 --handler delay --set for=10ms --set fail=0.01 --tolerate 5%", "a trial: waits, fails one in a hundred, and would stop at one in twenty"),
                ("--spec nightly.json", "everything from a file"),
                ("--spec nightly.json --on-complete-webhook https://example.org/hooks --on-complete-secret-from WEBHOOK_SECRET", "and the report posted there at the end, signed"),
            ],
        };
        request.AddTo(command);
        command.Add(flags.Group(request.Id, grace.Option));
        return new CommandDefinition(command, context => StartAsync(context, RunRequest.Of(context, request.BuildDocument(context)), grace.Read(context)));
    }

    /// <summary>Starts a run and stays with it.</summary>
    public static async Task<int> StartAsync(CommandContext context, RunRequest request, TimeSpan grace)
    {
        await using var home = await context.OpenHomeAsync(grace);
        var display = RunDisplays.Create(context);
        var started = await request.StartAsync(home);
        display.Note(started.Created ? $"Run {started.RunId} is started." : $"Run {started.RunId} exists; going on with it.");
        var record = await new RunPursuit(context, home, display, grace).ToEndAsync(started.RunId);
        return RunEnding.Print(context, record, home.Client.LocateResults(record.Id));
    }
}
