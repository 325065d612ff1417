using System.CommandLine;
using System.Globalization;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Dispatch;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>coordinate</c>: drives the runs of a home that nobody drives, and those that are asked for by message.</summary>
internal static class CoordinateCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var grace = new GraceFlag();
        var runs = new RunsFlag();
        var allowExec = new Option<bool>("--allow-exec") { Description = "Let requests run commands on this machine", Arity = ArgumentArity.Zero };
        var allowFiles = new Option<bool>("--allow-local-files") { Description = "Let requests read files of this machine", Arity = ArgumentArity.Zero };
        var command = new CliCommand("coordinate", "Drive runs until stopped: interrupted ones, and those that messages ask for.")
        {
            Synopsis = "[OPTIONS]",
            Details = "With --storage it takes specs from the queue HUB-requests. One that is malformed or refused goes to HUB-requests-poison with the reason.",
            Examples = [("--storage azure:mystorage", "drive what is asked for in the queue fanout-requests")],
        };
        command.Add(new FlagGroup("Coordinator", [runs.Option, allowExec, allowFiles, grace.Option]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => CoordinateAsync(
            context,
            runs.Read(context),
            new RequestRules { AllowExec = context.Parse.GetValue(allowExec), AllowLocalFiles = context.Parse.GetValue(allowFiles) },
            grace.Read(context)));
    }

    private static async Task<int> CoordinateAsync(CommandContext context, int runs, RequestRules rules, TimeSpan grace)
    {
        await using var home = await context.Environment.OpenHome(context.OwnHomeOptions(grace), context.Stop);
        var fleet = new RunFleet(home.Client, home.Driver, new RunFleetOptions
        {
            AtOnce = runs,
            OnEnded = report => Tell(context, report),
            OnSetBack = (runId, failure) => context.Environment.WriteLog($"Run {runId} cannot go on now, and is tried again: {failure.Message}"),
        }, context.Environment.Time);
        if (!context.Quiet)
            context.Environment.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Driving up to {runs} runs at once. Ctrl+C stops, and leaves them to be resumed."));
        await Task.WhenAll(
            fleet.RunAsync(context.Stop, context.Environment.Signals.Abort),
            home.Requests is { } requests ? TakeRequestsAsync(context, home, requests, rules, fleet) : Task.CompletedTask);
        return ExitCodes.Success;
    }

    private static Task TakeRequestsAsync(CommandContext context, IFanoutHome home, IRequestQueue requests, RequestRules rules, RunFleet fleet)
    {
        var options = new RequestPumpOptions
        {
            OnStarted = runId =>
            {
                fleet.Give(runId);
                return Task.CompletedTask;
            },
            WhenRoomAsync = fleet.WhenRoomAsync,
        };
        return new RequestPump(requests, new RequestIntake(home.Client, home.Registry, rules), options, context.Environment.Time).RunAsync(context.Stop);
    }

    private static void Tell(CommandContext context, RunReport report)
    {
        if (context.Json)
            context.PrintJson(report);
        else
            context.Print(ReportText.Line(report));
    }
}
