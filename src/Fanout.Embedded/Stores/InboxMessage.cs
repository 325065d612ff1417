using Fanout.Embedded.History;

namespace Fanout.Embedded.Stores;

/// <summary>A message that waits, durably, for an instance's next turn.</summary>
/// <param name="Id">Grows in commit order.</param>
/// <param name="RootId">The instance's tree.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="Execution">The only execution it is meant for; null: whichever is current.</param>
/// <param name="Event">What it says.</param>
internal sealed record InboxMessage(long Id, string RootId, string InstanceId, int? Execution, ReceivedEvent Event);

/// <summary>A message a turn sends to another instance.</summary>
internal sealed record OutgoingMessage(string InstanceId, int? Execution, ReceivedEvent Event);
