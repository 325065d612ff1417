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
        return new CommandDefinition(command, context =>
        {
            context.Print(context.Environment.Specs.Schema);
            return Task.FromResult(ExitCodes.Success);
        });
    }
}
