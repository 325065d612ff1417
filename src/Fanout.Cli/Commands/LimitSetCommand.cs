using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Flow;
using Fanout.Specs;
using Fanout.Views;

namespace Fanout.Cli.Commands;

/// <summary><c>limit set</c>: adds a limit, or changes it for the runs under it.</summary>
internal sealed class LimitSetCommand
{
    private readonly Argument<string?> _name = LimitCommand.CreateName();

    private readonly SpecField[] _fields =
    [
        SpecField.Number("--concurrency", "concurrency", "N", "Units in flight over all runs, 1 to 100,000 (default: no limit)"),
        SpecField.Text("--rate", "rate", "100/s", "Starts in time over all runs, retries included (default: no limit)"),
        SpecField.Number("--burst", "burst", "N", "Starts that may come at once; needs a rate (default: a tenth of a second's worth, at least 1)"),
    ];

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var set = new LimitSetCommand();
        var command = new CliCommand("set", "Add a limit, or change it: runs under way feel it at once.")
        {
            Synopsis = "NAME [--concurrency N] [--rate R] [--burst N]",
            Details = "What is not given is not limited: a change replaces the whole limit.",
            Examples = [("crm-api --concurrency 20 --rate 100/s", "then: run … --limit crm-api")],
        };
        command.Arguments.Add(set._name);
        command.Add(new FlagGroup("What it allows (a concurrency, a rate, or both)", [.. set._fields.Select(field => field.Option)]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, set.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext context)
    {
        var limit = Read(context);
        await using var home = await context.OpenHomeAsync();
        try
        {
            await home.Limits.SetAsync(limit, context.Stop);
        }
        catch (SpecException refused)
        {
            throw Refusal(context, refused);
        }

        if (context.Json)
            context.PrintJson(LimitView.Of(await home.Limits.GetAsync(limit.Name, context.Stop)));
        else
            context.Print($"Limit {limit.Name} is set: {LimitText.Of(limit)}.");
        return ExitCodes.Success;
    }

    private LimitSpec Read(CommandContext context)
    {
        if (!_fields.Any(field => field.IsGiven(context.Parse)))
            throw new UsageException("limit set: there is nothing to limit. Give --concurrency, --rate, or both.");
        var document = new JsonObject { ["name"] = context.Parse.GetValue(_name) };
        foreach (var field in _fields)
            field.Apply(context.Parse, document);
        try
        {
            return LimitSpecReader.Read(JsonSerializer.SerializeToElement(document));
        }
        catch (SpecException refused)
        {
            throw Refusal(context, refused);
        }
    }

    private static UsageException Refusal(CommandContext context, SpecException refused) =>
        new(string.Join($"{Environment.NewLine}{context.Environment.ProgramName}: ", refused.Errors.Select(Describe)));

    private static string Describe(SpecError error) => error.ToString(error.Pointer switch
    {
        "/name" => "NAME",
        "" => "limit set",
        var pointer => $"--{pointer[1..]}",
    });
}
