using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Flow;
using Fanout.Views;

namespace Fanout.Cli.Commands;

/// <summary><c>limit list</c>: the limits of a home, and who has what share of them.</summary>
internal static class LimitListCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var command = new CliCommand("list", "List limits, and under each the runs that want it now.")
        {
            Synopsis = "[--json]",
            Examples = [("", "what is limited, and who has what share of it")],
        };
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, PrintAsync);
    }

    private static async Task<int> PrintAsync(CommandContext context)
    {
        var limits = await ReadAsync(context);
        if (context.Json)
            context.PrintJson(limits.Select(LimitView.Of).ToList());
        else if (limits.Count == 0)
            context.Print("No limits.");
        else
            RunTable.Print(LimitTable.Create(limits), context.Environment.Output);
        return ExitCodes.Success;
    }

    private static async Task<IReadOnlyList<LimitLedger>> ReadAsync(CommandContext context)
    {
        if (!context.HasHome)
            return [];
        await using var home = await context.OpenHomeAsync();
        return await home.Limits.ListAsync(context.Stop);
    }
}
