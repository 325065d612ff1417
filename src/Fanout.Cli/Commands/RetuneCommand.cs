using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Handlers;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>retune</c>: changes what a run under way may use.</summary>
internal static class RetuneCommand
{
    private const string AnyHandler = "any";

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create();
        var flow = new FlowFlags();
        var command = new CliCommand("retune", "Change a run under way, in whichever process it runs.")
        {
            Synopsis = "RUN [--concurrency N] [--rate R] [--weight W] [--tolerate T]",
            Examples = [("nightly --concurrency 8 --rate 20/s", "slower, from now on")],
        };
        command.Arguments.Add(run);
        command.Add(new FlagGroup("What to change", [flow.Concurrency, flow.Rate, flow.Weight, flow.Tolerate]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context =>
        {
            var runId = RunArgument.Require(context, run);
            if (!flow.AnyGiven(context.Parse))
                throw new UsageException("nothing to change: give --concurrency, --rate, --weight or --tolerate.");
            return context.IsAtServer ? ServerRetune.RunAsync(context, runId, flow) : RetuneAsync(context, runId, ReadChange(context, flow));
        });
    }

    /// <summary>Such as <c>8 at once, 20/s</c>.</summary>
    public static string Describe(Retune change) => string.Join(", ", Words(change));

    private static async Task<int> RetuneAsync(CommandContext context, string runId, Retune change)
    {
        await using var home = await context.OpenHomeOfAsync(runId);
        await home.Client.RetuneAsync(runId, change, context.Stop);
        if (context.Json)
            context.PrintJson(JsonText.Record(await home.Client.GetAsync(runId, context.Stop)));
        else
            context.Print($"Run {runId} is retuned: {Describe(change)}.");
        return ExitCodes.Success;
    }

    // What was typed is read as a spec's fields are, in a spec whose other fields do not matter.
    private static Retune ReadChange(CommandContext context, FlowFlags flow)
    {
        var registry = new FanoutRegistry();
        registry.Handlers.Add(AnyHandler, new HandlerRegistration(AnyHandler, _ => [], (_, _) => throw new InvalidOperationException("It is never run.")));
        var document = new JsonObject
        {
            ["handler"] = new JsonObject { ["name"] = AnyHandler },
            ["source"] = new JsonObject { ["kind"] = "range", ["start"] = 0, ["end"] = 1 },
        };
        flow.Apply(context.Parse, document);
        var spec = context.Environment.Specs.Read(document, registry);
        return new Retune(
            context.IsGiven(flow.Concurrency.Name) ? spec.Flow.Concurrency : null,
            spec.Flow.Rate,
            Burst: null,
            spec.Failure.Tolerate,
            context.IsGiven(flow.Weight.Name) ? spec.Flow.Weight : null);
    }

    private static IEnumerable<string> Words(Retune change)
    {
        if (change.Concurrency is { } concurrency)
            yield return $"{Figures.Count(concurrency)} at once";
        if (change.Rate is { } rate)
            yield return Figures.Rate(rate);
        if (change.Weight is { } weight)
            yield return Figures.Invariant($"weight {weight:0.###}");
        if (change.Tolerate?.Percent is { } percent)
            yield return Figures.Invariant($"tolerates {percent:0.###}%");
        if (change.Tolerate?.Count is { } count)
            yield return $"tolerates {Figures.Count(count, "failure")}";
    }
}
