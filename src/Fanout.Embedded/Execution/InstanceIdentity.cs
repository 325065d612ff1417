namespace Fanout.Embedded.Execution;

/// <summary>What never changes about an instance.</summary>
/// <param name="Id">Its id.</param>
/// <param name="RootId">The top of its tree; its own id for a root.</param>
/// <param name="Name">Its orchestrator.</param>
/// <param name="Parent">Who waits for its result; null for a root.</param>
internal sealed record InstanceIdentity(string Id, string RootId, string Name, ParentLink? Parent);

/// <summary>The task of a parent that a sub-orchestration's result completes.</summary>
/// <param name="InstanceId">The parent.</param>
/// <param name="Execution">The parent's execution that called it: a later one does not know the task.</param>
/// <param name="TaskId">The task.</param>
internal sealed record ParentLink(string InstanceId, int Execution, int TaskId);
