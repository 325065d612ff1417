using System.CommandLine;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary>The argument <c>RUN</c>.</summary>
internal static class RunArgument
{
    /// <summary>Required, unless told otherwise.</summary>
    public static Argument<string?> Create(bool required = true) => new("RUN")
    {
        HelpName = "RUN",
        Description = "The run's id",
        Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
    };

    /// <summary>The id that was typed.</summary>
    public static string Require(CommandContext context, Argument<string?> argument) =>
        context.Parse.GetValue(argument) is { Length: > 0 } id ? id : throw new UsageException("RUN is empty. Give a run's id; list shows them.");
}
