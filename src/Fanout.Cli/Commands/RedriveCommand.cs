using System.CommandLine;
using System.Text.Json.Nodes;
using Fanout.Cli.Driving;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Runs;
using Fanout.Specs;

namespace Fanout.Cli.Commands;

/// <summary><c>redrive</c>: a new run over what did not succeed in an earlier one.</summary>
internal sealed class RedriveCommand
{
    private readonly Argument<string?> _run = RunArgument.Create();
    private readonly HandlerFlags _handler = new();
    private readonly RunFlags _fields = new();
    private readonly GraceFlag _grace = new();
    private readonly Option<string?> _id = SpecRequest.CreateId();

    private readonly Option<string?> _only = new("--only")
    {
        Description = "Which items (default: all that did not succeed, and those never started)",
        HelpName = "failed|timedout|cancelled|all",
    };

    private readonly Option<string?> _whereError = new("--where-error")
    {
        Description = "Only items whose error's type or message contains this",
        HelpName = "TEXT",
    };

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var redrive = new RedriveCommand();
        var command = new CliCommand("redrive", "Run again what did not succeed, as a new run.")
        {
            Synopsis = "RUN [--only failed|timedout|cancelled|all] [--where-error TEXT] [OPTIONS] [--handler NAME [--set key=value]… | -- COMMAND ARG… {} …]",
            TakesExec = true,
            Details = "What is not given is taken from the earlier run's spec.",
            Examples =
            [
                ("nightly", "everything that did not succeed, as before"),
                ("nightly --only timedout --timeout 1m --concurrency 4", "only what timed out, with more patience"),
                ("nightly --where-error 429 --rate 5/s", "only what was throttled, slower"),
            ],
        };
        command.Arguments.Add(redrive._run);
        command.Add(new FlagGroup("Which items", [redrive._only, redrive._whereError]));
        command.Add(redrive._handler.Group);
        foreach (var group in redrive._fields.Groups)
            command.Add(group);
        command.Add(flags.Group(redrive._id, redrive._grace.Option, GeneralFlags.CreateJson()));
        return new CommandDefinition(command, redrive.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext context)
    {
        var earlier = RunArgument.Require(context, _run);
        var grace = _grace.Read(context);
        RunRecord record;
        await using (var home = await context.OpenHomeOfAsync(earlier))
            record = await home.Client.GetAsync(earlier, context.Stop);
        if (record.Report is null)
            throw new RunException(earlier, $"Run {earlier} has not ended ({StatusText.Word(record)}). "
                + $"Continue it with {context.Hints.Command("resume", earlier)}, or end it with {context.Hints.Command("cancel", earlier)}, then redrive it.");
        context.SpecOrigin = $"run {earlier}";
        return await RunCommand.StartAsync(context, RunRequest.Of(context, BuildDocument(context, record)), grace);
    }

    private JsonObject BuildDocument(CommandContext context, RunRecord earlier)
    {
        var only = context.Parse.GetValue(_only);
        var document = RedriveDocument.Create(
            earlier,
            context.Parse.GetValue(_id),
            string.Equals(only, "timedout", StringComparison.OrdinalIgnoreCase) ? "timedOut" : only,
            context.Parse.GetValue(_whereError));
        _handler.Apply(context.Parse, document, context.Exec, context.Environment.Specs);
        _fields.Apply(context.Parse, document);
        return document;
    }
}
