using Fanout.Processing;

namespace Fanout.Dispatch;

/// <summary>A batch on its way to whichever worker is free.</summary>
/// <param name="InstanceId">The branch that waits for its result: the orchestration instance to tell.</param>
/// <param name="Input">What to work.</param>
public sealed record BatchMessage(string InstanceId, BatchInput Input)
{
    /// <summary>Its branch's place in a trace, as <c>traceparent</c>; null: not known, or sent before messages said so.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was sent; null: before messages said so.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>A batch's result on its way back to its branch.</summary>
/// <param name="InstanceId">The branch.</param>
/// <param name="Key">The batch; with the branch it names one call, however often it was executed.</param>
/// <param name="Result">What was handed back.</param>
public sealed record BatchCompletion(string InstanceId, string Key, BatchResult Result)
{
    /// <summary>The external event that a branch waits for after it has sent a batch; the first one counts, later ones are of executions that came too late.</summary>
    public static string EventName(string key) => $"batch:{key}";
}
