using System.CommandLine;
using System.Globalization;
using Fanout.Cli.Parsing;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary><c>--runs</c>: how many runs are driven at once.</summary>
internal sealed class RunsFlag
{
    private const int MostRuns = 1_000;

    /// <summary>The flag.</summary>
    public Option<string?> Option { get; } = new("--runs")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"Runs driven at once; others wait (default: {new RunFleetOptions().AtOnce})"),
        HelpName = "N",
    };

    /// <summary>What was typed, or the default.</summary>
    /// <exception cref="UsageException">It is no number, or out of its range.</exception>
    public int Read(CommandContext context)
    {
        if (context.Parse.GetValue(Option) is not { } text)
            return new RunFleetOptions().AtOnce;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostRuns
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--runs: \"{text}\" is not a whole number from 1 to {MostRuns:N0}."));
    }
}
