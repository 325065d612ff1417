using System.Runtime.CompilerServices;
using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Selects the items of an earlier run by what became of them.</summary>
internal sealed class RedriveItems(RedriveSourceSpec spec, EarlierRun earlier, IResultStore store)
{
    // An item never started has no error that could match.
    private readonly bool _takesNeverStarted = TakesNeverStarted(spec);

    /// <summary>Refuses what could only be answered wrongly.</summary>
    /// <exception cref="SourceException">The run has not ended, or its results do not tell which items are asked for.</exception>
    public static void Check(RedriveSourceSpec spec, EarlierRun earlier)
    {
        if (earlier.Report is not { } report)
            throw new SourceException($"Run '{earlier.RunId}' has not ended. Wait for its end or cancel it, then redrive it.");
        if (earlier.Plan is null)
            throw new SourceException($"Run '{earlier.RunId}' ended before its source was read: there are no items to redrive. Start it again under a new id.");
        var takesNone = report.NotStarted == 0 && report.Tally.Unsuccessful == 0;
        if (earlier.Keep == KeepResults.None && !takesNone)
            throw new SourceException($"Run '{earlier.RunId}' kept no results (results.keep is none), so nobody knows which items did not succeed. Start it again over the whole source.");
        if (earlier.Keep == KeepResults.Failures && report.NotStarted > 0 && TakesNeverStarted(spec))
            throw new SourceException(
                $"Run '{earlier.RunId}' was stopped with {report.NotStarted:N0} items not started and kept failures only (results.keep is failures), so items never started cannot be told from those that succeeded. Redrive only its failed or timed-out items (only: failed, only: timedOut), or start it again over the whole source.");
    }

    /// <summary>Indexes in order, streamed.</summary>
    public async IAsyncEnumerable<long> SelectAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long next = 0;
        var sweep = ResultSweep.Over(store, earlier.RunId, earlier.Parts, Query());
        await using var _ = sweep.ConfigureAwait(false);
        while (await sweep.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            for (; GapsAreNeverStarted && next < sweep.Index; next++)
                yield return next;
            next = sweep.Index + 1;
            if (Takes(sweep.Line.Span))
                yield return sweep.Index;
        }

        for (; GapsAreNeverStarted && next < earlier.Plan!.ItemCount; next++)
            yield return next;
    }

    private static bool TakesNeverStarted(RedriveSourceSpec spec) =>
        spec.WhereError is null && spec.Only is RedriveSelection.All or RedriveSelection.Cancelled;

    /// <summary>Only where successes were written too does an item without a line mean that it was never started.</summary>
    private bool GapsAreNeverStarted => _takesNeverStarted && earlier.Keep == KeepResults.All && earlier.Report!.NotStarted > 0;

    /// <summary>Gaps need every line, everything else only those that may be taken.</summary>
    private ResultQuery Query() => GapsAreNeverStarted ? new ResultQuery() : new ResultQuery(spec.Only switch
    {
        RedriveSelection.All => [OutcomeStatus.Failed, OutcomeStatus.TimedOut, OutcomeStatus.Cancelled],
        RedriveSelection.Failed => [OutcomeStatus.Failed],
        RedriveSelection.TimedOut => [OutcomeStatus.TimedOut],
        RedriveSelection.Cancelled => [OutcomeStatus.Cancelled],
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Only, "Not a selection."),
    });

    private bool Takes(ReadOnlySpan<byte> line)
    {
        ResultLineParser.TryReadStatus(line, out var status);
        var taken = spec.Only switch
        {
            RedriveSelection.Failed => status == OutcomeStatus.Failed,
            RedriveSelection.TimedOut => status == OutcomeStatus.TimedOut,
            RedriveSelection.Cancelled => status == OutcomeStatus.Cancelled,
            _ => status != OutcomeStatus.Succeeded,
        };
        return taken && (spec.WhereError is not { } text || ErrorContains(line, text));
    }

    private static bool ErrorContains(ReadOnlySpan<byte> line, string text) =>
        ResultLineParser.Parse(line).Error is { } error
        && (error.Type.Contains(text, StringComparison.OrdinalIgnoreCase) || error.Message.Contains(text, StringComparison.OrdinalIgnoreCase));
}
