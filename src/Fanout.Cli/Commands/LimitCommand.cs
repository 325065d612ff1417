using System.CommandLine;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary><c>limit</c>: the limits that runs share, set, listed and removed.</summary>
internal static class LimitCommand
{
    public static CommandDefinition Create(GeneralFlags flags)
    {
        var command = new CliCommand("limit", "Set, list and remove limits that runs share.")
        {
            Synopsis = "set|list|remove",
            Details = "A limit bounds all runs that name it together, in whichever processes they run. Those that want more of it than there is "
                + "share it fairly, by their weights.",
        };
        command.Add(flags.Group());
        return new CommandDefinition(command, context =>
            throw new UsageException($"limit: what to do is missing. Give set, list or remove. See {context.Environment.ProgramName} limit --help"))
        {
            Subcommands = [LimitSetCommand.Create(flags), LimitListCommand.Create(flags), LimitRemoveCommand.Create(flags)],
        };
    }

    /// <summary>The argument <c>NAME</c>.</summary>
    public static Argument<string?> CreateName() => new("NAME")
    {
        HelpName = "NAME",
        Description = "The limit's name",
        Arity = ArgumentArity.ExactlyOne,
    };
}
