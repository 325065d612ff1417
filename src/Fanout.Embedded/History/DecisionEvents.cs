using System.Text.Json.Serialization;
using Fanout.Orchestration;

namespace Fanout.Embedded.History;

/// <summary>What an orchestrator's code decided. On replay its code must decide the same again, in the same order.</summary>
internal abstract record DecisionEvent : HistoryEvent
{
    /// <summary>The decision as the end of a sentence that begins with "the code".</summary>
    public abstract string Describe();

    /// <summary>True when replayed code that decided <paramref name="other"/> did what this entry records.</summary>
    public virtual bool IsSameDecisionAs(DecisionEvent other) => Describe() == other.Describe();
}

internal sealed record TaskScheduled(
    int TaskId, string Name, [property: JsonConverter(typeof(RawJsonConverter))] string? Input) : DecisionEvent
{
    public override string Describe() => $"called activity '{Name}' (task {TaskId})";
}

internal sealed record SubOrchestrationCreated(
    int TaskId, string Name, string InstanceId, [property: JsonConverter(typeof(RawJsonConverter))] string? Input) : DecisionEvent
{
    public override string Describe() => $"called sub-orchestration '{Name}' as '{InstanceId}' (task {TaskId})";
}

internal sealed record TimerCreated(int TaskId, DateTime FireAt) : DecisionEvent
{
    public override string Describe() => $"created a timer (task {TaskId})";
}

internal sealed record TimerCancelled(int TaskId) : DecisionEvent
{
    public override string Describe() => $"cancelled the timer of task {TaskId}";
}

internal sealed record EventSent(
    string InstanceId, string Name, [property: JsonConverter(typeof(RawJsonConverter))] string? Payload) : DecisionEvent
{
    public override string Describe() => $"sent event '{Name}' to '{InstanceId}'";
}

internal sealed record ExecutionCompleted(
    [property: JsonConverter(typeof(RawJsonConverter))] string? Output) : DecisionEvent
{
    public override string Describe() => "completed";
}

internal sealed record ExecutionFailed(FailureDetails Failure) : DecisionEvent
{
    public override string Describe() => $"failed with {Failure.ErrorType}: {Failure.ErrorMessage}";
}

/// <summary>The execution ended and the next one begins.</summary>
/// <param name="Input">Its input.</param>
/// <param name="Carried">Events this execution did not process, in the order they came.</param>
internal sealed record ContinuedAsNew(
    [property: JsonConverter(typeof(RawJsonConverter))] string? Input, IReadOnlyList<EventRaised> Carried) : DecisionEvent
{
    public override string Describe() => "continued as new";
}
