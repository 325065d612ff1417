using Fanout.Cli.Rendering;
using Fanout.Runs;
using Spectre.Console;

namespace Fanout.Cli.Driving;

/// <summary>Shows a run's numbers in place on a terminal, refreshed ten times a second.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveDisplay(IAnsiConsole terminal, TimeProvider time) : IRunDisplay
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    public async Task WhileAsync(Task work, string runId, Func<RunProgress?> observe)
    {
        // Work that is over at once shows nothing.
        if (await Waiting.CompletesWithinAsync(work, RefreshInterval, time))
            return;
        await terminal.Live(Render(runId, observe)).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            while (!await Waiting.CompletesWithinAsync(work, RefreshInterval, time))
                live.UpdateTarget(Render(runId, observe));
        });
    }

    // Spectre puts what is written while a live display is shown above it.
    public void Note(string text) => terminal.WriteLine(text);

    private Spectre.Console.Rendering.IRenderable Render(string runId, Func<RunProgress?> observe) =>
        LiveView.Render(runId, observe(), terminal.Profile.Width);
}
