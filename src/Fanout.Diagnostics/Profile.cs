using Fanout.Diagnostics.Stacks;

namespace Fanout.Diagnostics;

/// <summary>What a trace came to.</summary>
/// <param name="Kind">What was counted.</param>
/// <param name="Tree">The call stacks, merged.</param>
/// <param name="Events">Events that were counted.</param>
/// <param name="EventsLost">Events that the process could not keep until they were read: figures are too low by as many.</param>
/// <param name="Duration">How long it was recorded.</param>
public sealed record Profile(ProfileKind Kind, FlameTree Tree, long Events, long EventsLost, TimeSpan Duration);
