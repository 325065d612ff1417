using System.Text;

namespace Fanout.Cli.Rendering;

/// <summary>A run's report for people: what became of it, its most frequent errors, where the results are, what to type next.</summary>
internal static class ReportText
{
    private const int MostErrors = 10;

    /// <summary>Several lines, the last without a line end.</summary>
    public static string Format(RunReport report, string results, Hints hints, string? announced = null)
    {
        var text = new StringBuilder();
        text.Append("Run ").Append(report.RunId).Append(' ').AppendLine(Headline(report));
        Field(text, "items", Items(report));
        if (report.Tally.Attempts > report.Tally.Settled)
            Field(text, "attempts", Figures.Count(report.Tally.Attempts));
        Field(text, "time", Time(report));
        if (report.Reduced is { } reduced)
            Field(text, "reduced", reduced.GetRawText());
        if (announced is not null)
            Field(text, "announced", announced);
        Errors(text, report.Tally.Errors);
        text.Append("Results: ").AppendLine(results);
        text.Append("  read them: ").AppendLine(hints.Command("results", report.RunId));
        if (report.Tally.Unsuccessful + report.NotStarted > 0)
            text.Append("  run again what did not succeed: ").AppendLine(hints.Command("redrive", report.RunId));
        return text.ToString().TrimEnd();
    }

    /// <summary>One line, without a line end.</summary>
    public static string Line(RunReport report) => $"Run {report.RunId} {Headline(report)} {Items(report)}";

    private static string Headline(RunReport report)
    {
        var headline = report.Reason switch
        {
            CompletionReason.AllItemsSucceeded => "succeeded: every item succeeded.",
            CompletionReason.AllItemsSettled => "completed with failures: every item is settled, some did not succeed.",
            CompletionReason.ToleranceExceeded => "failed: more items failed than it tolerates.",
            CompletionReason.DeadlineReached => "timed out: it reached its deadline.",
            CompletionReason.CancelledByRequest => "was cancelled.",
            CompletionReason.SourceFailed => "failed: its source could not be read, or changed.",
            CompletionReason.InternalFailure => "failed.",
            _ => $"ended: {report.Status}.",
        };
        // Of a cancelled run the message could only say so again.
        return string.IsNullOrWhiteSpace(report.Message) || report.Reason is CompletionReason.CancelledByRequest ? headline : $"{headline} {report.Message}";
    }

    private static string Items(RunReport report)
    {
        var tally = report.Tally;
        var parts = new (long Count, string Word)[]
        {
            (tally.Succeeded, "succeeded"),
            (tally.Failed, "failed"),
            (tally.TimedOut, "timed out"),
            (tally.Cancelled, "cancelled"),
            (report.NotStarted, "not started"),
        };
        var present = parts.Where(p => p.Count > 0).Select(p => $"{Figures.Count(p.Count)} {p.Word}");
        var total = report.Total ?? tally.Settled + report.NotStarted;
        return total == 0 ? "0" : $"{Figures.Count(total)}: {string.Join(", ", present)}";
    }

    private static string Time(RunReport report)
    {
        var time = report.EndedAt - report.StartedAt;
        var speed = time > TimeSpan.Zero && report.Tally.Settled > 0 ? $" ({Figures.Speed(report.Tally.Settled / time.TotalSeconds)})" : "";
        return Figures.Duration(time) + speed;
    }

    private static void Errors(StringBuilder text, IReadOnlyList<ErrorGroup> errors)
    {
        if (errors.Count == 0)
            return;
        text.AppendLine("Most frequent errors:");
        foreach (var group in errors.OrderByDescending(e => e.Count).ThenBy(e => e.ExampleIndex).Take(MostErrors))
        {
            text.Append("  ").Append(Figures.Count(group.Count)).Append(" x ").Append(group.Type).Append(": ").AppendLine(OneLine(group.Pattern));
            text.Append("      such as item ").Append(Figures.Invariant($"{group.ExampleIndex}")).Append(": ").AppendLine(OneLine(group.ExampleMessage));
        }

        if (errors.Count > MostErrors)
            text.Append("  and ").Append(Figures.Count(errors.Count - MostErrors, "more kind")).AppendLine();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private static void Field(StringBuilder text, string name, string value) =>
        text.Append("  ").Append(name.PadRight(10)).AppendLine(value);
}
