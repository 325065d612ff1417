using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Planning.Costs;
using Fanout.Runs;
using Fanout.Sources;

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

    private static async Task<int> PrintAsync(CommandContext context, RunRequest request, PlanTarget? target)
    {
        var plan = context.IsAtServer ? await PlanAtServerAsync(context, request, target) : await PlanAsync(context, request, target);
        if (context.Json)
            context.PrintJson(plan);
        else
            context.Print(PlanText.Format(plan));
        if (!context.Json && plan.Azure is { } azure)
            AzurePlanText.Print(azure, context.Environment.Output);
        return ExitCodes.Success;
    }

    private static async Task<PlanPreview> PlanAtServerAsync(CommandContext context, RunRequest request, PlanTarget? target)
    {
        if (target is not null)
            throw new UsageException("--target and --server: what a run would take is worked out here, from the source. Leave --server out, with a source of the same size such as --range 0..1000000.");
        await using var server = context.OpenServer();
        return await request.PreviewAsync(server);
    }

    private static async Task<PlanPreview> PlanAsync(CommandContext context, RunRequest request, PlanTarget? target)
    {
        await using var place = PlanPlace.Create(context);
        await using var home = await context.Environment.OpenHome(place.Home, context.Stop);
        if (target is null)
            return await request.PreviewAsync(home);
        var spec = request.Spec;
        // Here the source is only counted: what needs a storage account need not be here.
        var counted = await home.Client.PreviewAsync(
            spec with { Batch = spec.Batch with { Dispatch = BatchDispatch.Activity }, OnComplete = null }, context.Stop);
        var source = counted.Source ?? new SourcePlan(counted.Items, Fingerprint: null);
        return AzurePlan.Preview(spec, source, target.ItemTime, target.Prices);
    }
}
