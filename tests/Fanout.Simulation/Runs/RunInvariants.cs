using System.Globalization;
using Fanout.Results;

namespace Fanout.Simulation.Runs;

/// <summary>The invariants of ARCHITECTURE.md, over what a simulation saw of one run. Numbers are those of that page.</summary>
/// <param name="run">The run.</param>
/// <param name="handled">What its handlers did.</param>
/// <param name="book">What people did.</param>
/// <param name="faults">When something went wrong.</param>
internal sealed class RunInvariants(RunPlanned run, IReadOnlyList<Handling> handled, RunHistoryBook book, IReadOnlyList<DateTimeOffset> faults)
{
    // A checkpoint interval, and what storage takes when it is slow.
    private static readonly TimeSpan NotYetDurable = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong; nothing when all hold.</summary>
    public IEnumerable<string> Check(RunReport report, IReadOnlyList<ResultLine> lines, int historyEvents) =>
        new[]
        {
            Outcomes(report, lines), InFlight(), Starts(), AfterTheFailurePolicy(), AfterACancel(), Repeats(), Keys(),
            historyEvents > 1_000 ? [$"7: its history has {historyEvents} events"] : [],
        }
        .SelectMany(problems => problems)
        .Select(problem => $"{run.Id}: {problem}");

    // 1 and 10.
    private IEnumerable<string> Outcomes(RunReport report, IReadOnlyList<ResultLine> lines)
    {
        if (!lines.Select(line => line.Index).SequenceEqual(lines.Select(line => line.Index).Distinct().Order()))
            yield return "1: an item has two outcomes, or they are not in order";
        if (report.Total != run.Items || report.Tally.Settled + report.NotStarted != run.Items)
            yield return $"1: of {run.Items} items {report.Tally.Settled} are settled and {report.NotStarted} were not started";
        foreach (var status in Enum.GetValues<OutcomeStatus>())
        {
            var counted = status switch { OutcomeStatus.Succeeded => report.Tally.Succeeded, OutcomeStatus.Failed => report.Tally.Failed, OutcomeStatus.TimedOut => report.Tally.TimedOut, _ => report.Tally.Cancelled };
            if (lines.Count(line => line.Status == status) is var found && found != counted)
                yield return $"10: {counted} are said to be {status}, and {found} are";
        }

        var wasStopped = report.Reason is not (CompletionReason.AllItemsSucceeded or CompletionReason.AllItemsSettled);
        foreach (var line in lines.Where(line => line.Status != OutcomeStatus.Cancelled && !IsAsPlanned(line, wasStopped)))
            yield return $"1: item {line.Index} is {line.Status} after {line.Attempts} attempts, and was to be {run.Outcome(line.Index)}";
        var sum = lines.Where(line => line.Status == OutcomeStatus.Succeeded).Sum(line => line.Index);
        if ((report.Reduced?.GetRawText() ?? "0") is var reduced && reduced != sum.ToString(CultureInfo.InvariantCulture))
            yield return $"10: the outputs sum up to {sum}, and not to {reduced}";
        if (book.CancelledAt(run) is null && run.Tolerate is null && wasStopped)
            yield return $"1: it ended as {report.Status} for {report.Reason}: {report.Message}";
    }

    // A run that is to end tries nothing again.
    private bool IsAsPlanned(ResultLine line, bool wasStopped) =>
        line.Attempts <= run.MaxAttempts
        && run.Fails(line.Index, line.Attempts) == (line.Status == OutcomeStatus.Failed)
        && Enumerable.Range(1, line.Attempts - 1).All(attempt => run.Fails(line.Index, attempt))
        && (line.Status == OutcomeStatus.Succeeded || line.Attempts == run.MaxAttempts || wasStopped);

    // 2.
    private IEnumerable<string> InFlight()
    {
        var (least, most) = book.ConcurrencyOf(run);
        // An item that counts for more than there is counts for all there is; where lanes are apart, for all its lane has, which is one at least.
        var clip = run.ByQueue ? 1 : least;
        // An execution whose storage fails lets its items end and shows no sign of life meanwhile: of a batch that was sent twice the other takes its place.
        return Overlaps.Check("2", handled, handling => run.ByQueue && IsTroubled(handling.StartedAt) ? 2 * most : most, handling => Math.Min(run.CostOf(handling.Index), clip));
    }

    // 3. Starts look late, never early, by no more than time jumps at once: from the first on that tells.
    private IEnumerable<string> Starts()
    {
        if (run.Rate is not { } rate || run.Costly)
            yield break;
        var late = TimeSpan.FromMilliseconds(80);
        var starts = handled.Select(handling => handling.StartedAt).Order().ToList();
        for (var i = 0; i < starts.Count; i++)
        {
            if (i + 1 <= run.Burst + (rate * (starts[i] - starts[0] + late).TotalSeconds))
                continue;
            yield return $"3: {i + 1} starts within {starts[i] - starts[0]}, at {rate}/s and a burst of {run.Burst}";
            yield break;
        }
    }

    // 4. Whoever works elsewhere hears of it within two seconds.
    private IEnumerable<string> AfterTheFailurePolicy()
    {
        if (run.Tolerate is not { } tolerated)
            yield break;
        var failed = handled.Where(handling => handling is { HasEnded: true, HasSucceeded: false, WasCancelled: false } && handling.Attempt == run.MaxAttempts)
            .GroupBy(handling => handling.Index).Select(item => item.Min(handling => handling.EndedAt)).Order().ToList();
        if (failed.Count <= tolerated || IsTroubled(failed[tolerated]))
            yield break;
        var tripped = failed[tolerated];
        if (handled.FirstOrDefault(handling => handling.StartedAt > tripped + Slack + Slack) is { } late)
            yield return $"4: item {late.Index} started {late.StartedAt - tripped} after the failure policy had tripped";
    }

    // 5.
    private IEnumerable<string> AfterACancel()
    {
        if (book.CancelledAt(run) is not { } at || IsTroubled(at))
            yield break;
        var patience = TimeSpan.FromSeconds(2) + Slack;
        if (handled.FirstOrDefault(handling => handling.StartedAt < at && handling.InFlightUntil > at + patience && handling.EndedAt > at + patience) is { } deaf)
            yield return $"5: item {deaf.Index} was in flight {deaf.InFlightUntil - at} after the cancel";
        if (handled.FirstOrDefault(handling => handling.StartedAt > at + patience) is { } late)
            yield return $"5: item {late.Index} started {late.StartedAt - at} after the cancel";
    }

    // 6.
    private IEnumerable<string> Repeats()
    {
        foreach (var ofItem in handled.GroupBy(handling => handling.Index))
        {
            var attempts = ofItem.OrderBy(handling => handling.StartedAt).ToList();
            foreach (var done in attempts.Where(handling => handling is { HasEnded: true, HasSucceeded: true } && handling.EndedAt <= handling.InFlightUntil))
            {
                if (attempts.Find(handling => handling.StartedAt > done.EndedAt) is not { } again || Troubles().Any(at => at >= done.StartedAt && at <= done.EndedAt + NotYetDurable))
                    continue;
                yield return $"6: item {done.Index} was done by process {done.Process.Number} at {done.EndedAt:mm:ss.fff}, and again by {again.Process.Number} at {again.StartedAt:mm:ss.fff}";
                yield break;
            }

            if (attempts.Find(handling => handling.IdempotencyKey != $"{run.Id}/{handling.Index}") is { } other)
                yield return $"6: item {other.Index} had the key {other.IdempotencyKey}";
        }
    }

    private IEnumerable<string> Keys() => run.PerKey is not { } perKey ? [] : handled
        .GroupBy(handling => RunPlanned.KeyOf(handling.Index))
        .SelectMany(ofKey => Overlaps.Check($"key {ofKey.Key}", ofKey, _ => perKey, _ => 1).Concat(run.IsOrdered ? Order(ofKey) : []));

    private static IEnumerable<string> Order(IEnumerable<Handling> ofKey)
    {
        var first = ofKey.GroupBy(handling => handling.Index).OrderBy(item => item.Min(handling => handling.StartedAt)).Select(item => item.Key).ToList();
        if (!first.SequenceEqual(first.Order()))
            yield return $"its items of one key began in the order {string.Join(", ", first)}";
    }

    private IEnumerable<DateTimeOffset> Troubles() => faults.Concat(book.Stops);

    private bool IsTroubled(DateTimeOffset at) => Troubles().Any(trouble => trouble > at - TimeSpan.FromSeconds(8) && trouble < at + TimeSpan.FromSeconds(5));
}
