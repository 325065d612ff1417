using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary><c>limit remove</c>: removes a limit that no run needs any more.</summary>
internal static class LimitRemoveCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var name = LimitCommand.CreateName();
        var command = new CliCommand("remove", "Remove a limit; refused while runs that have not ended are under it.")
        {
            Synopsis = "NAME",
            Examples = [("crm-api", "that limit")],
        };
        command.Arguments.Add(name);
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => RemoveAsync(context, context.Parse.GetValue(name)!));
    }

    private static async Task<int> RemoveAsync(CommandContext context, string name)
    {
        if (!context.HasHome)
            throw new LimitException(name, $"There is no limit {name}: there is no home at {context.HomeOptions().Path}. Give the one it is in with --home DIR.");
        await using var home = await context.OpenHomeAsync();
        await home.Limits.RemoveAsync(name, context.Stop);
        if (context.Json)
            context.PrintJson(new JsonObject { ["removed"] = name });
        else
            context.Print($"Limit {name} is removed.");
        return ExitCodes.Success;
    }
}
