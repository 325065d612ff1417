using Fanout.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fanout.Cli.Rendering;

/// <summary>A run's live numbers as rows of a terminal: how far it is, and what it is doing.</summary>
internal static class LiveView
{
    private const string Separator = "  ";
    private const int LongestBar = 40;
    private const int ShortestBar = 8;

    /// <summary>Two rows, and a third of what the run is waiting for; more where the terminal is too narrow.</summary>
    public static IRenderable Render(string runId, RunProgress? progress, int width) =>
        new Rows([.. Fill(FirstRow(runId, progress, width), width), .. Fill(SecondRow(progress), width), .. Fill(ThirdRow(progress), width)]);

    private static IEnumerable<Part> FirstRow(string runId, RunProgress? progress, int width)
    {
        yield return new Part(runId, "bold");
        if (progress?.Total is not { } total)
        {
            yield return new Part(progress is null ? "starting" : "counting items");
            yield break;
        }

        var percent = Figures.Percent(progress.Settled, total);
        var eta = ProgressLine.Eta(progress);
        var taken = runId.Length + percent.Length + (eta is null ? 0 : eta.Length + Separator.Length) + (2 * Separator.Length);
        var barLength = Math.Min(LongestBar, width - taken);
        if (barLength >= ShortestBar)
            yield return Bar(progress.Settled, total, barLength);
        yield return new Part(percent);
        if (eta is not null)
            yield return new Part(eta);
    }

    private static IEnumerable<Part> SecondRow(RunProgress? progress)
    {
        if (progress is null)
            return [];
        return
        [
            new Part(ProgressLine.Done(progress)),
            new Part(Figures.Speed(progress.ItemsPerSecond)),
            new Part(ProgressLine.Failed(progress), ProgressLine.HasFailures(progress) ? "red" : null),
            .. ProgressLine.Now(progress).Select(text => new Part(text)),
        ];
    }

    private static IEnumerable<Part> ThirdRow(RunProgress? progress) => progress is null || !ProgressLine.Waits(progress).Any()
        ? []
        : [new Part("waiting for"), .. ProgressLine.Waits(progress).Select(text => new Part(text))];

    private static Part Bar(long done, long total, int length)
    {
        var full = total <= 0 ? length : (int)Math.Clamp((double)done / total * length, 0, length);
        return new Part($"[green]{new string('━', full)}[/][grey]{new string('─', length - full)}[/]", length);
    }

    // Rows break between parts, never within one that fits.
    private static IEnumerable<Markup> Fill(IEnumerable<Part> parts, int width)
    {
        var row = new List<Part>();
        foreach (var part in parts)
        {
            if (row.Count > 0 && row.Sum(p => p.Length + Separator.Length) + part.Length > width)
            {
                yield return Join(row);
                row.Clear();
            }

            row.Add(part);
        }

        if (row.Count > 0)
            yield return Join(row);
    }

    private static Markup Join(IEnumerable<Part> row) => new(string.Join(Separator, row.Select(p => p.Text)));

    private readonly record struct Part(string Text, int Length)
    {
        public Part(string text, string? style = null)
            : this(style is null ? Markup.Escape(text) : $"[{style}]{Markup.Escape(text)}[/]", text.Length)
        {
        }
    }
}
