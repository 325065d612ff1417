using System.Diagnostics;
using Fanout.Handlers;
using Fanout.Telemetry;

namespace Fanout.Processing;

/// <summary>What is told of an attempt, while somebody listens. Whether anybody does is asked once a worker, and not for each item.</summary>
internal sealed partial class Worker
{
    private readonly bool _measures = BatchInstruments.ItemDuration.Enabled;
    private bool _isTraced;

    /// <summary>The batch's spans; null: nobody listens.</summary>
    public BatchTrace? Trace { get; init; }

    /// <summary>Handles the item in hand; <see cref="Outcome"/> says what came of it.</summary>
    public ValueTask HandleAsync() =>
        Trace?.TryStartItem(Item, Attempts + 1) is { } span ? HandleTracedAsync(span) : HandleItemAsync();

    private async ValueTask HandleTracedAsync(Activity span)
    {
        // Its own flow: what is current for the worker's other items stays so.
        Activity.Current = span;
        _isTraced = true;
        try
        {
            await HandleItemAsync().ConfigureAwait(false);
        }
        finally
        {
            _isTraced = false;
            Conclude(span);
            span.Dispose();
        }
    }

    private async ValueTask CallTracedAsync(ItemContext context, CancellationToken token)
    {
        using var span = FanoutTelemetry.Source.StartActivity(SpanNames.Handler);
        span?.SetTag(AttributeNames.HandlerName, scope.Spec.Handler.Name);
        try
        {
            await scope.Handler.HandleAsync(context, _output, token).ConfigureAwait(false);
        }
        catch (Exception failure) when (span is not null)
        {
            SpanTags.SetFailure(span, failure);
            throw;
        }
    }

    private void Conclude(Activity span)
    {
        span.SetTag(AttributeNames.Outcome, End());
        if (Outcome is { Error: { } error })
            span.SetStatus(ActivityStatusCode.Error, error.Message).SetTag(AttributeNames.ErrorType, error.Type);
    }

    private void Measure() => BatchInstruments.ItemDuration.Record(
        scope.Time.GetElapsedTime(HandlingSince).TotalSeconds,
        new(AttributeNames.HandlerName, scope.Spec.Handler.Name),
        new KeyValuePair<string, object?>(AttributeNames.Outcome, End()));

    // Constants: a text made for each item would be one allocated for each.
    private string End() => LastEnd switch
    {
        AttemptEnd.Succeeded => nameof(AttemptEnd.Succeeded),
        AttemptEnd.Failed => nameof(AttemptEnd.Failed),
        AttemptEnd.TimedOut => nameof(AttemptEnd.TimedOut),
        AttemptEnd.Throttled => nameof(AttemptEnd.Throttled),
        _ => Outcome switch
        {
            { Disposition: Disposition.Waits } => "PutBack",
            { Status: OutcomeStatus.Cancelled } => nameof(OutcomeStatus.Cancelled),
            _ => nameof(OutcomeStatus.Failed),
        },
    };
}
