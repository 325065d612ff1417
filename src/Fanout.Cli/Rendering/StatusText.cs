using System.Text;
using Fanout.Runs;

namespace Fanout.Cli.Rendering;

/// <summary>A run as <c>status</c> shows it.</summary>
internal static class StatusText
{
    /// <summary>Several lines, the last without a line end.</summary>
    public static string Format(RunRecord record, string results, Hints hints)
    {
        if (record.Report is { } report)
            return ReportText.Format(report, results, hints, AnnouncementText.Of(record, hints));
        var text = new StringBuilder();
        text.Append("Run ").Append(record.Id).Append(" is ").AppendLine(Word(record));
        if (record.Progress is { } progress)
            AddProgress(text, record.DrivenBy is null ? progress with { Waits = [] } : progress);
        Field(text, "may use", Allotment(record));
        Field(text, "created", Figures.Time(record.CreatedAt));
        if (record.StartedAt is { } startedAt)
            Field(text, "started", Figures.Time(startedAt));
        Field(text, "driven by", record.DrivenBy ?? $"nobody; continue it with: {hints.Command("resume", record.Id)}");
        Field(text, "results", results);
        return text.ToString().TrimEnd();
    }

    /// <summary>The status in a word or two; a run that nobody drives and that has begun is called interrupted.</summary>
    public static string Word(RunRecord record) => record switch
    {
        { Report: null, Control.Stop: not null } => "stopping",
        { Report: null, Control.Paused: true } => "paused",
        { Report: null, DrivenBy: null, StartedAt: not null } => "interrupted",
        { Report: null, DrivenBy: null } => "waiting to be started",
        { Report: null } => "running",
        { Status: RunStatus.CompletedWithFailures } => "completed with failures",
        { Status: RunStatus.TimedOut } => "timed out",
        _ => record.Status.ToString().ToLowerInvariant(),
    };

    private static void AddProgress(StringBuilder text, RunProgress progress)
    {
        var done = ProgressLine.Done(progress);
        Field(text, "items", progress.Total is { } total ? $"{done} ({Figures.Percent(progress.Settled, total)})" : done);
        Field(text, "outcomes", $"{Figures.Count(progress.Succeeded)} succeeded, {Figures.Count(progress.Failed)} failed, "
            + $"{Figures.Count(progress.TimedOut)} timed out, {Figures.Count(progress.Cancelled)} cancelled");
        var eta = ProgressLine.Eta(progress);
        Field(text, "speed", eta is null ? Figures.Speed(progress.ItemsPerSecond) : $"{Figures.Speed(progress.ItemsPerSecond)}, {eta}");
        Field(text, "now", string.Join(", ", ProgressLine.Now(progress)));
        if (progress.Latency is { } latency)
            Field(text, "latency", $"{Milliseconds(latency.P50)} median, {Milliseconds(latency.P90)} p90, {Milliseconds(latency.P99)} p99");
        if (ProgressLine.Waits(progress).Any())
            Field(text, "waits for", string.Join(", ", ProgressLine.Waits(progress)));
    }

    private static string Milliseconds(double milliseconds) =>
        milliseconds < 1_000 ? Figures.Invariant($"{milliseconds:0.#}ms") : Figures.Duration(TimeSpan.FromMilliseconds(milliseconds));

    private static string Allotment(RunRecord record)
    {
        // The live numbers of a run that nobody drives are from before the last retune.
        var parts = new List<string> { AllotmentText.Of(record.ReadAllotment()) };
        if (record.Control.Weight is { } weight)
            parts.Add(Figures.Invariant($"weight {weight:0.###}"));
        var tolerate = record.Control.Tolerate;
        if (tolerate?.Percent is { } percent)
            parts.Add(Figures.Invariant($"tolerates {percent:0.###}%"));
        if (tolerate?.Count is { } count)
            parts.Add($"tolerates {Figures.Count(count, "failure")}");
        return string.Join(", ", parts);
    }

    private static void Field(StringBuilder text, string name, string value) =>
        text.Append("  ").Append(name.PadRight(11)).AppendLine(value);
}
