namespace Fanout.Simulation.Runs;

/// <summary>What a simulation came to.</summary>
/// <param name="Description">What was simulated.</param>
/// <param name="Problems">What was wrong; nothing when all is well.</param>
/// <param name="Faults">How often something went wrong on purpose.</param>
/// <param name="Trace">What happened, in order; null: nobody asked.</param>
internal sealed record RunSimulationEnd(string Description, IReadOnlyList<string> Problems, int Faults, string? Trace);
