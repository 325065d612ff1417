using System.Text.Json.Serialization;
using Fanout.Orchestration;

namespace Fanout.Embedded.History;

/// <summary>What came to an instance from outside its code.</summary>
internal abstract record ReceivedEvent : HistoryEvent;

/// <summary>What a task of the instance came to.</summary>
/// <param name="TaskId">The decision that created the task.</param>
internal abstract record TaskEvent(int TaskId) : ReceivedEvent;

internal sealed record ExecutionStarted(
    [property: JsonConverter(typeof(RawJsonConverter))] string? Input) : ReceivedEvent;

internal sealed record TaskCompleted(
    int TaskId, [property: JsonConverter(typeof(RawJsonConverter))] string? Result) : TaskEvent(TaskId);

internal sealed record TaskFailed(int TaskId, FailureDetails Failure) : TaskEvent(TaskId);

internal sealed record SubOrchestrationCompleted(
    int TaskId, [property: JsonConverter(typeof(RawJsonConverter))] string? Result) : TaskEvent(TaskId);

internal sealed record SubOrchestrationFailed(int TaskId, FailureDetails Failure) : TaskEvent(TaskId);

internal sealed record TimerFired(int TaskId) : TaskEvent(TaskId);

internal sealed record EventRaised(
    string Name, [property: JsonConverter(typeof(RawJsonConverter))] string? Payload) : ReceivedEvent;

internal sealed record ExecutionTerminated(string? Reason) : ReceivedEvent;
