using System.Diagnostics.Metrics;

namespace Fanout.Telemetry;

/// <summary>What is measured of runs: read off <see cref="LiveRuns"/> when a listener asks, and nothing an item.</summary>
internal static class RunInstruments
{
    private static readonly Meter Meter = FanoutTelemetry.Meter;

    static RunInstruments()
    {
        Meter.CreateObservableCounter<long>(MetricNames.Items, ItemsByOutcome, "{item}", "Items settled.");
        Meter.CreateObservableCounter<long>(MetricNames.Retries, Retries, "{retry}", "Attempts after which an item is to be tried again.");
        Meter.CreateObservableUpDownCounter<long>(MetricNames.ItemsActive, () => Now<long>(work => work.InFlight), "{item}", "Items in handlers.");
        Meter.CreateObservableUpDownCounter<long>(MetricNames.ItemsWaiting, () => Now<long>(work => work.Waiting), "{item}", "Items that wait to be tried again.");
        Meter.CreateObservableGauge<double>(MetricNames.ItemsRate, () => Now<double>(work => work.ItemsPerSecond), "{item}/s", "Items settled a second, over the last five seconds.");
        Meter.CreateObservableUpDownCounter<long>(MetricNames.Places, Places, "{place}", "Places of the runs' concurrency, by what each is busy with or waits for.");
        Meter.CreateObservableUpDownCounter<long>(MetricNames.RunsActive, static () => (long)LiveRuns.Count, "{run}", "Runs that this process works.");
    }

    /// <inheritdoc cref="MetricNames.Runs"/>
    public static Counter<long> Ended { get; } = Meter.CreateCounter<long>(MetricNames.Runs, "{run}", "Runs that this process ended.");

    /// <summary>Makes them known; from the second time on it does nothing.</summary>
    public static void Publish() => _ = Ended;

    private static IEnumerable<Measurement<long>> ItemsByOutcome()
    {
        foreach (var (handler, done) in LiveRuns.Done())
        {
            yield return Of(done.Settled.Succeeded, OutcomeStatus.Succeeded);
            yield return Of(done.Settled.Failed, OutcomeStatus.Failed);
            yield return Of(done.Settled.TimedOut, OutcomeStatus.TimedOut);
            yield return Of(done.Settled.Cancelled, OutcomeStatus.Cancelled);

            Measurement<long> Of(long count, OutcomeStatus status) =>
                new(count, HandlerTag(handler), new KeyValuePair<string, object?>(AttributeNames.Outcome, status.ToString()));
        }
    }

    private static IEnumerable<Measurement<long>> Retries() =>
        LiveRuns.Done().Select(work => new Measurement<long>(work.Value.Retries, HandlerTag(work.Key)));

    private static IEnumerable<Measurement<long>> Places() => LiveRuns.Now().SelectMany(work => work.Value.Places.Select(count =>
        new Measurement<long>(count.Places, HandlerTag(work.Key), new KeyValuePair<string, object?>(AttributeNames.WaitCause, count.Cause))));

    private static IEnumerable<Measurement<T>> Now<T>(Func<WorkSeen, T> figure)
        where T : struct => LiveRuns.Now().Select(work => new Measurement<T>(figure(work.Value), HandlerTag(work.Key)));

    private static KeyValuePair<string, object?> HandlerTag(string handler) => new(AttributeNames.HandlerName, handler);
}
