namespace Fanout.Telemetry;

/// <summary>What a process has done so far.</summary>
/// <param name="Settled">Items it settled.</param>
/// <param name="Retries">Attempts after which an item is to be tried again.</param>
internal readonly record struct WorkDone(Counts Settled, long Retries)
{
    public static WorkDone operator +(in WorkDone left, in WorkDone right) => new(left.Settled + right.Settled, left.Retries + right.Retries);
}
