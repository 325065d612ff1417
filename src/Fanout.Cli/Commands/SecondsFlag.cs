using System.CommandLine;
using System.Globalization;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary><c>--seconds</c>: how long something may take.</summary>
/// <param name="what">What takes so long, for help.</param>
/// <param name="byDefault">Seconds unless others are given.</param>
/// <param name="most">The most that may be given; 1 is the least.</param>
internal sealed class SecondsFlag(string what, int byDefault, int most)
{
    /// <summary>The flag.</summary>
    public Option<string?> Option { get; } = new("--seconds")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{what}, 1 to {most} (default: {byDefault})"),
        HelpName = "N",
    };

    /// <summary>What was typed, or the default.</summary>
    /// <exception cref="UsageException">It is no number, or out of its range.</exception>
    public TimeSpan Read(CommandContext context)
    {
        if (context.Parse.GetValue(Option) is not { } text)
            return TimeSpan.FromSeconds(byDefault);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= 1 && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--seconds: \"{text}\" is not a whole number from 1 to {most}."));
    }
}
