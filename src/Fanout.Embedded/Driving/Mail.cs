using Fanout.Embedded.History;

namespace Fanout.Embedded.Driving;

/// <summary>Something that waits, in memory, for an instance's next turn.</summary>
/// <param name="MessageId">The inbox message it is from; null: a timer or an activity, which a crash makes fire or run again.</param>
/// <param name="Execution">The only execution it is meant for; null: whichever is current.</param>
/// <param name="Event">What it says.</param>
internal sealed record Mail(long? MessageId, int? Execution, ReceivedEvent Event);
