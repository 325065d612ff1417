using Fanout.Embedded.Stores;

namespace Fanout.Embedded.Driving;

/// <summary>What the parts tell their engine.</summary>
internal interface IEngineEvents
{
    /// <summary>Messages were put into inboxes by this engine.</summary>
    void OnSent(IReadOnlyList<InboxMessage> messages);

    /// <summary>An instance ended, or is not driven here any more.</summary>
    void OnInstanceGone(string instanceId);

    /// <summary>A tree is not driven here any more.</summary>
    void OnTreeGone(TreeDriver tree, DrivingEnd end);

    /// <summary>The store cannot be used, or the engine has a defect: nothing is driven any more.</summary>
    void OnFault(Exception exception);
}
