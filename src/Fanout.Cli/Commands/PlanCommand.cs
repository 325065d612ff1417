using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;

namespace Fanout.Cli.Commands;

/// <summary><c>plan</c>: says what a run would do, and starts nothing.</summary>
internal static class PlanCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var request = new SpecRequest();
        var grace = new GraceFlag();
        var command = new CliCommand("plan", "Say what a run would do; start nothing.")
        {
            Synopsis = "the same arguments as run",
            TakesExec = true,
            Examples = [("--csv orders.csv --handler http --set url=https://example.org/ --rate 50/s", "how many items, how many lanes, how long at least")],
        };
        request.AddTo(command);
        command.Add(flags.Group(request.Id, grace.Option));
        return new CommandDefinition(command, context =>
        {
            grace.Read(context);
            return PrintAsync(context, request.Read(context));
        });
    }

    private static async Task<int> PrintAsync(CommandContext context, RunSpec spec)
    {
        await using var place = PlanPlace.Create(context);
        await using var home = await context.Environment.OpenHome(place.Home, context.Stop);
        var plan = await home.Client.PreviewAsync(spec, context.Stop);
        if (context.Json)
            context.PrintJson(plan);
        else
            context.Print(PlanText.Format(plan));
        return ExitCodes.Success;
    }
}
