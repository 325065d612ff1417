using Fanout.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fanout.Cli.Rendering;

/// <summary>A run's live numbers as two rows of a terminal: how far it is, and what it is doing.</summary>
internal static class LiveView
{
    private const int LongestBar = 40;
    private const int ShortestBar = 8;

    /// <summary>Two rows, each cut to the width, so that the display never changes its height.</summary>
    public static IRenderable Render(string runId, RunProgress? progress, int width) =>
        new Rows(Row(FirstRow(runId, progress, width)), Row(SecondRow(progress)));

    private static Markup Row(string markup) => new(markup) { Overflow = Overflow.Ellipsis };

    private static string FirstRow(string runId, RunProgress? progress, int width)
    {
        var name = $"[bold]{Markup.Escape(runId)}[/]";
        if (progress?.Total is not { } total)
            return progress is null ? $"{name}  starting" : $"{name}  counting items";
        var percent = Figures.Percent(progress.Settled, total);
        var eta = ProgressLine.Eta(progress);
        var taken = runId.Length + percent.Length + (eta?.Length ?? 0) + 7;
        var bar = Bar(progress.Settled, total, Math.Min(LongestBar, width - taken));
        return string.Join("  ", new[] { name, bar, percent, eta }.Where(part => part is { Length: > 0 }));
    }

    private static string Bar(long done, long total, int length)
    {
        if (length < ShortestBar)
            return "";
        var full = total <= 0 ? length : (int)Math.Clamp((double)done / total * length, 0, length);
        return $"[green]{new string('━', full)}[/][grey]{new string('─', length - full)}[/]";
    }

    private static string SecondRow(RunProgress? progress)
    {
        if (progress is null)
            return "";
        var failed = ProgressLine.Failed(progress);
        return string.Join("  ",
        [
            ProgressLine.Done(progress),
            Figures.Speed(progress.ItemsPerSecond),
            ProgressLine.HasFailures(progress) ? $"[red]{failed}[/]" : failed,
            .. ProgressLine.Waiting(progress).Select(Markup.Escape),
        ]);
    }
}
