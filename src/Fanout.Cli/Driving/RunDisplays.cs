using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;

namespace Fanout.Cli.Driving;

/// <summary>Chooses how a run is shown.</summary>
internal static class RunDisplays
{
    /// <summary>Nothing when asked to be quiet, JSON lines with <c>--json</c>, in place on a terminal, else plain lines; all on standard error.</summary>
    public static IRunDisplay Create(CommandContext context)
    {
        var environment = context.Environment;
        if (context.Quiet)
            return new QuietDisplay();
        if (context.Json)
            return new LineDisplay(environment.Error, environment.Time, JsonText.ProgressLine, JsonText.NoteLine);
        return environment.Terminal.Value is { } terminal
            ? new LiveDisplay(terminal, environment.Time)
            : new LineDisplay(environment.Error, environment.Time, ProgressLine.Format, note => note);
    }
}
