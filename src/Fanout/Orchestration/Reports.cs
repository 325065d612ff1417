using System.Text.Json;
using Fanout.Results;

namespace Fanout.Orchestration;

/// <summary>Tally to report: pure.</summary>
internal static class Reports
{
    public static RunReport Build(CloseRunInput input, IReduction? reduction, DateTimeOffset endedAt, string results)
    {
        var notStarted = (input.Total ?? 0) - input.Tally.Settled;
        var reason = Reason(input, notStarted);
        var reduced = reduction?.Result(input.Tally.Reduced);
        return new RunReport
        {
            RunId = input.RunId,
            Status = Status(reason),
            Reason = reason,
            Message = reason is CompletionReason.AllItemsSucceeded or CompletionReason.AllItemsSettled ? null : input.Message,
            Total = input.Total,
            Tally = input.Tally with { Reduced = null },
            NotStarted = notStarted,
            Reduced = reduced is null ? null : JsonElement.Parse(reduced),
            StartedAt = new DateTimeOffset(DateTime.SpecifyKind(input.StartedAt, DateTimeKind.Utc)),
            EndedAt = endedAt,
            Results = results,
        };
    }

    // A cancel or deadline that came when every item had already ended on its own changed nothing.
    private static CompletionReason Reason(CloseRunInput input, long notStarted) => input.Stop switch
    {
        CompletionReason.CancelledByRequest or CompletionReason.DeadlineReached when input.Total is not null && notStarted == 0 && input.Tally.Cancelled == 0 => Settled(input),
        { } stop => stop,
        null => Settled(input),
    };

    private static CompletionReason Settled(CloseRunInput input) =>
        input.Tally.Unsuccessful == 0 ? CompletionReason.AllItemsSucceeded : CompletionReason.AllItemsSettled;

    private static RunStatus Status(CompletionReason reason) => reason switch
    {
        CompletionReason.AllItemsSucceeded => RunStatus.Succeeded,
        CompletionReason.AllItemsSettled => RunStatus.CompletedWithFailures,
        CompletionReason.CancelledByRequest => RunStatus.Cancelled,
        CompletionReason.DeadlineReached => RunStatus.TimedOut,
        _ => RunStatus.Failed,
    };
}
