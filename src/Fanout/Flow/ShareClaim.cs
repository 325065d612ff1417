namespace Fanout.Flow;

/// <summary>What one claimant wants of something shared.</summary>
/// <param name="Weight">Its share relative to others', over 0.</param>
/// <param name="Wanted">Permits it would use, 0 or more.</param>
/// <param name="Unit">Fewer permits than this are of no use to it, at least 1: the cost of its next item.</param>
/// <param name="Granted">Permits it has been granted so far: who has a permit that several are entitled to keeps it for a turn.</param>
/// <param name="Credit">Permit-seconds it has had less (or, negative, more) than its share.</param>
public readonly record struct ShareClaim(double Weight, int Wanted, int Unit, int Granted, double Credit);
