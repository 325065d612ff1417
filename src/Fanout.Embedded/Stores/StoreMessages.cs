using Fanout.Embedded.Execution;
using Fanout.Embedded.History;

namespace Fanout.Embedded.Stores;

/// <summary>What a store itself has to say to instances.</summary>
internal static class StoreMessages
{
    /// <summary>Tells a parent that its sub-orchestration's id is taken.</summary>
    public static OutgoingMessage ChildRefused(NewInstance child)
    {
        var parent = child.Identity.Parent!;
        return new OutgoingMessage(
            parent.InstanceId, parent.Execution, new SubOrchestrationFailed(parent.TaskId, Failures.InstanceExists(child.Identity.Id)));
    }
}
