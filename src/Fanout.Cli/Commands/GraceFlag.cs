using System.CommandLine;
using Fanout.Cli.Parsing;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>--grace</c>: how long items in flight may go on after the first Ctrl+C.</summary>
internal sealed class GraceFlag
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The flag.</summary>
    public Option<string?> Option { get; } = new("--grace")
    {
        Description = "How long items in flight may go on after Ctrl+C (default: 10s)",
        HelpName = "DURATION",
    };

    /// <summary>What was typed, or the default.</summary>
    /// <exception cref="UsageException">It is no duration, or too long.</exception>
    public TimeSpan Read(CommandContext context)
    {
        if (context.Parse.GetValue(Option) is not { } text)
            return HomeOptions.DefaultGrace;
        return context.Environment.Specs.TryReadDuration(text, out var grace) && grace >= TimeSpan.Zero && grace <= Longest
            ? grace
            : throw new UsageException($"--grace: \"{text}\" is not a duration from 0s to 24h. Write a number with its unit, such as 30s.");
    }
}
