using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Cli.Wiring;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>retune</c> of a server's run: what was typed is sent as it is, and the server's errors name the flags.</summary>
internal static class ServerRetune
{
    public static async Task<int> RunAsync(CommandContext context, string runId, FlowFlags flow)
    {
        await using var server = context.OpenServer();
        var changed = await ChangeAsync(context, server, runId, Body(context, flow));
        if (context.Json)
            context.PrintJson(JsonText.Record(changed));
        else
            context.Print($"Run {runId} is retuned: {RetuneCommand.Describe(Given(context, flow, changed.Control))}.");
        return ExitCodes.Success;
    }

    // In a spec they stand in sections, in a change they do not.
    private static JsonObject Body(CommandContext context, FlowFlags flow)
    {
        var document = new JsonObject();
        flow.Apply(context.Parse, document);
        var body = new JsonObject();
        foreach (var section in document.Select(section => section.Value!.AsObject()))
        {
            foreach (var (name, value) in section)
                body[name] = value?.DeepClone();
        }

        return body;
    }

    private static async Task<RunRecord> ChangeAsync(CommandContext context, IServerHome server, string runId, JsonObject change)
    {
        try
        {
            return await server.ChangeAsync(runId, change, context.Stop);
        }
        catch (SpecException refused)
        {
            throw new SpecException([.. refused.Errors.Select(InSpec)]);
        }
    }

    private static SpecError InSpec(SpecError error) => error.Pointer switch
    {
        "" => error,
        _ when error.Pointer.StartsWith("/tolerate", StringComparison.Ordinal) => error with { Pointer = "/failure" + error.Pointer },
        _ => error with { Pointer = "/flow" + error.Pointer },
    };

    private static Retune Given(CommandContext context, FlowFlags flow, RunControl control) => new(
        context.IsGiven(flow.Concurrency.Name) ? control.Concurrency : null,
        context.IsGiven(flow.Rate.Name) ? control.Rate : null,
        Burst: null,
        context.IsGiven(flow.Tolerate.Name) ? control.Tolerate : null,
        context.IsGiven(flow.Weight.Name) ? control.Weight : null);
}
