namespace Fanout.Azure.Queues;

/// <summary>A message of one of the hub's queues, as a Functions host received it.</summary>
/// <param name="Id">The service's own name for it.</param>
/// <param name="Receipt">By which it is renewed and removed.</param>
/// <param name="Count">Deliveries, this one included.</param>
/// <param name="Text">What it says, as it travelled: plain or base64.</param>
public sealed record TriggerMessage(string Id, string Receipt, long Count, string Text);
