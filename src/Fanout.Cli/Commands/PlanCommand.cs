using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Planning.Costs;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>plan</c>: says what a run would do, and starts nothing.</summary>
internal static class PlanCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var request = new SpecRequest();
        var target = new TargetFlags();
        var grace = new GraceFlag();
        var command = new CliCommand("plan", "Say what a run would do; start nothing.")
        {
            Synopsis = "the same arguments as run",
            TakesExec = true,
            Examples =
            [
                ("--csv orders.csv --handler http --set url=https://example.org/ --rate 50/s", "how many items, how many lanes, how long at least"),
                ("--lines urls.txt --handler http --set url={} --target azure --item-time 80ms", "and what it would take in Azure"),
            ],
        };
        request.AddTo(command);
        command.Add(target.Group);
        command.Add(flags.Group(request.Id, grace.Option));
        return new CommandDefinition(command, context =>
        {
            grace.Read(context);
            return PrintAsync(context, RunRequest.Of(context, request.BuildDocument(context)), target.Read(context));
        });
    }

    private static async Task<int> PrintAsync(CommandContext context, RunRequest request, AzureTarget? target)
    {
        var plan = await PlanAsync(context, request, target);
        if (context.Json)
            context.PrintJson(plan);
        else
            context.Print(PlanText.Format(plan));
        if (!context.Json && plan.Azure is { } azure)
            AzurePlanText.Print(azure, context.Environment.Output);
        return ExitCodes.Success;
    }

    private static async Task<PlanPreview> PlanAsync(CommandContext context, RunRequest request, AzureTarget? target)
    {
        if (context.IsAtServer)
        {
            await using var server = context.OpenServer();
            return await request.PreviewAsync(server, target);
        }

        await using var place = PlanPlace.Create(context);
        await using var home = await context.Environment.OpenHome(place.Home, context.Stop);
        return await request.PreviewAsync(home, target);
    }
}
