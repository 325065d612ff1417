using System.CommandLine;
using Fanout.Cli.Parsing;
using Fanout.Results;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>results</c>: the outcomes of items as JSON lines, in item order.</summary>
internal static class ResultsCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create();
        var failed = new Option<bool>("--failed") { Description = "Only items that did not succeed", Arity = ArgumentArity.Zero };
        var follow = new Option<bool>("--follow") { Description = "Go on until the run has ended", Arity = ArgumentArity.Zero };
        var command = new CliCommand("results", "Print a run's outcomes as JSON lines, in item order.")
        {
            Synopsis = "RUN [--failed] [--follow]",
            Examples = [("nightly --failed", "only what did not succeed"), ("nightly --follow | jq .output", "as they come")],
        };
        command.Arguments.Add(run);
        command.Add(new FlagGroup("Which", [failed, follow]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => PrintAsync(
            context, RunArgument.Require(context, run), context.Parse.GetValue(failed), context.Parse.GetValue(follow)));
    }

    private static async Task<int> PrintAsync(CommandContext context, string runId, bool onlyFailed, bool follow)
    {
        await using var home = await context.OpenHomeOfAsync(runId);
        await using var output = context.Environment.OpenOutputStream();
        var printer = new ResultPrinter(output, onlyFailed);
        try
        {
            if (follow)
                await new ResultFollower(context, home.Client, printer).FollowAsync(runId, onlyFailed);
            else
                await PrintAllAsync(home.Client.ReadResultsAsync(runId, Query(onlyFailed, from: 0), context.Stop), printer);
            await printer.FlushAsync();
        }
        catch (ResultPrinter.ReaderGoneException)
        {
            // Whoever read this has seen enough: head, grep -q.
        }

        return ExitCodes.Success;
    }

    /// <summary>The query for all outcomes from an item on, or for those that did not succeed.</summary>
    public static ResultQuery Query(bool onlyFailed, long from) => new(
        onlyFailed ? [OutcomeStatus.Failed, OutcomeStatus.TimedOut, OutcomeStatus.Cancelled] : null, from);

    private static async Task PrintAllAsync(IAsyncEnumerable<ResultLine> lines, ResultPrinter printer)
    {
        await foreach (var line in lines)
            await printer.PrintAsync(line);
    }
}
