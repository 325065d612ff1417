using Fanout.Runs;
using Fanout.Views;

namespace Fanout.Server.Events;

/// <summary>What a run did at one moment; about one a second while it goes on.</summary>
/// <param name="At">When.</param>
/// <param name="Settled">Items settled so far.</param>
/// <param name="Succeeded">Of these, items that succeeded.</param>
/// <param name="Unsuccessful">Of these, items that did not.</param>
/// <param name="InFlight">Items being handled.</param>
/// <param name="ItemsPerSecond">Items settled a second, over the last seconds.</param>
/// <param name="Waits">Where the time of its places went.</param>
/// <param name="Concurrency">Items it may have in flight; left out: not known yet.</param>
/// <param name="Rate">Starts it may have in time; left out: no limit.</param>
/// <param name="Latency">How long the attempts took that ended in the last seconds; left out: none did.</param>
public sealed record Sample(
    DateTimeOffset At, long Settled, long Succeeded, long Unsuccessful, int InFlight, double ItemsPerSecond, IReadOnlyList<WaitShare> Waits, int? Concurrency, Rate? Rate,
    LatencyView? Latency)
{
    internal static Sample Of(RunProgress progress, DateTimeOffset at) => new(
        at, progress.Settled, progress.Succeeded, progress.Settled - progress.Succeeded, progress.InFlight, progress.ItemsPerSecond, progress.Waits,
        progress.Allotment?.Concurrency, progress.Allotment?.Rate,
        progress.Latency is { } latency ? new LatencyView(latency.P50, latency.P90, latency.P99) : null);
}
