using System.Diagnostics.Metrics;
using Fanout.Telemetry;

namespace Fanout.Embedded.Tests.CheckedCounts;

/// <summary>
/// Counts what is written to all databases of the process, by the metric that tells of it. Pieces of work, not transactions: how many of them happen to wait
/// at the same time, and so become one transaction, depends on the machine.
/// </summary>
internal sealed class WriteCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _writes;

    public WriteCounter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == FanoutTelemetry.Name && instrument.Name == MetricNames.TransactionSize)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, pieces, _, _) => Interlocked.Add(ref _writes, pieces));
        _listener.Start();
    }

    /// <summary>So far.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    public void Dispose() => _listener.Dispose();
}
