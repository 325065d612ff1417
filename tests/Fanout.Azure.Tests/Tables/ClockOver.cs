namespace Fanout.Azure.Tests.Tables;

/// <summary>Tells the time of another clock; what is to come later comes by the machine's own, so that waits between attempts end.</summary>
internal sealed class ClockOver(TimeProvider clock) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();
}
