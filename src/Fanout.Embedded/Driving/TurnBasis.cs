using Fanout.Embedded.Execution;
using Fanout.Embedded.Stores;

namespace Fanout.Embedded.Driving;

/// <summary>Where an instance stood when a turn began.</summary>
/// <param name="Lease">The lease it is driven under.</param>
/// <param name="Identity">The instance.</param>
/// <param name="Execution">Its execution.</param>
/// <param name="History">Entries in its history.</param>
/// <param name="Consumed">Inbox messages the turn takes.</param>
/// <param name="Now">The time.</param>
internal sealed record TurnBasis(
    Lease Lease, InstanceIdentity Identity, int Execution, int History, IReadOnlyList<long> Consumed, DateTimeOffset Now);
