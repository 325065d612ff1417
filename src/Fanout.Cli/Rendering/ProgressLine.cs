using Fanout.Runs;

namespace Fanout.Cli.Rendering;

/// <summary>A run's live numbers as one line.</summary>
internal static class ProgressLine
{
    private const string Separator = "  ";
    private const string Paused = "paused";

    /// <summary>What a run that has ended waits for while it tells so.</summary>
    public const string Announcing = "announcing";

    /// <summary>Such as <c>nightly  41,230/100,000  41%  1,204/s  ETA 49s  failed 12  in flight 64  waiting for handlers 92%, rate 8%</c>.</summary>
    public static string Format(string runId, RunProgress? progress) =>
        string.Join(Separator, progress is null ? [runId, "starting"] : [runId, .. Parts(progress)]);

    private static IEnumerable<string> Parts(RunProgress progress)
    {
        yield return Done(progress);
        if (progress.Total is { } total)
            yield return Figures.Percent(progress.Settled, total);
        yield return Figures.Speed(progress.ItemsPerSecond);
        if (Eta(progress) is { } eta)
            yield return eta;
        foreach (var part in Rest(progress))
            yield return part;
    }

    /// <summary><c>41,230/100,000</c>, or <c>41,230 done</c> while the total is unknown.</summary>
    public static string Done(RunProgress progress) => progress.Total is { } total
        ? $"{Figures.Count(progress.Settled)}/{Figures.Count(total)}"
        : $"{Figures.Count(progress.Settled)} done";

    /// <summary><c>ETA 49s</c>; null: nobody can tell.</summary>
    public static string? Eta(RunProgress progress) => progress.Remaining is { } remaining && progress.Settled < progress.Total
        ? $"ETA {Figures.Remaining(remaining)}"
        : null;

    /// <summary><c>failed 12</c>, with what timed out and was cancelled.</summary>
    public static string Failed(RunProgress progress)
    {
        var text = $"failed {Figures.Count(progress.Failed + progress.TimedOut)}";
        return progress.Cancelled > 0 ? $"{text}{Separator}cancelled {Figures.Count(progress.Cancelled)}" : text;
    }

    /// <summary>True when something did not succeed.</summary>
    public static bool HasFailures(RunProgress progress) => progress.Failed + progress.TimedOut + progress.Cancelled > 0;

    /// <summary><c>in flight 64</c>, what waits to be tried again, and in a word what the run is waiting for, unless it is known in percent.</summary>
    public static IEnumerable<string> Now(RunProgress progress)
    {
        yield return $"in flight {Figures.Count(progress.InFlight)}";
        if (progress.WaitingForRetry > 0)
            yield return $"to retry {Figures.Count(progress.WaitingForRetry)}";
        if (progress.WaitingFor is not { Length: > 0 } waitingFor)
            yield break;
        if (waitingFor is Paused or Announcing)
            yield return waitingFor;
        else if (progress.Waits.Count == 0)
            yield return $"waiting for {waitingFor}";
    }

    /// <summary><c>handlers 70%</c>, <c>limit crm-api 30%</c>: what the run is waiting for; nothing when that it is paused says it all.</summary>
    public static IEnumerable<string> Waits(RunProgress progress) =>
        progress.Waits is [{ Cause: Paused }] ? [] : progress.Waits.Select(share => Figures.Invariant($"{share.Cause} {share.Percent}%"));

    private static IEnumerable<string> Rest(RunProgress progress) =>
        [Failed(progress), .. Now(progress), .. Waits(progress).Any() ? [$"waiting for {string.Join(", ", Waits(progress))}"] : Array.Empty<string>()];
}
