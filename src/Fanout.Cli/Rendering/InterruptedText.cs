using Fanout.Runs;

namespace Fanout.Cli.Rendering;

/// <summary>What is said of a run that was interrupted.</summary>
internal static class InterruptedText
{
    /// <summary>One line.</summary>
    public static string Of(RunRecord record, string resume)
    {
        var settled = record.Progress?.Settled ?? 0;
        var of = record.Progress?.Total is { } total ? $"{Figures.Count(settled)} of {Figures.Count(total, "item")}" : Figures.Count(settled, "item");
        return $"Run {record.Id} was interrupted with {of} done. Continue it with: {resume}";
    }
}
