using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary><c>schema</c>: the JSON schema of the spec.</summary>
internal static class SchemaCommand
{
    public static CommandDefinition Create()
    {
        var command = new CliCommand("schema", "Print the JSON schema of the spec.")
        {
            Examples = [("> fanout.schema.json", "for an editor to check specs against")],
        };
        return new CommandDefinition(command, PrintAsync);
    }

    private static async Task<int> PrintAsync(CommandContext context)
    {
        context.Print(context.IsAtServer ? await AskServerAsync(context) : context.Environment.Specs.Schema);
        return ExitCodes.Success;
    }

    private static async Task<string> AskServerAsync(CommandContext context)
    {
        await using var server = context.OpenServer();
        return (await server.GetSchemaAsync(context.Stop)).TrimEnd();
    }
}
