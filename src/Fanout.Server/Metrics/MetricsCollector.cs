using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fanout.Telemetry;

namespace Fanout.Server.Metrics;

/// <summary>Collects Fanout's metrics for whoever scrapes them. It begins to listen when it is first asked, so that a server nobody scrapes measures nothing.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly Lock _lock = new();
    // Not under the lock: instruments are published by static constructors, for which whoever observes would wait holding it.
    private readonly ConcurrentDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private bool _listens;
    private bool _isOver;

    /// <summary>All metrics as they are now, in Prometheus's text format.</summary>
    public string Collect()
    {
        lock (_lock)
        {
            if (_isOver)
                return "";
            Listen();
            foreach (var instrument in _instruments.Values)
                instrument.Forget();
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_instruments.Values.OrderBy(instrument => instrument.Name, StringComparer.Ordinal));
        }
    }

    /// <summary>Listens no longer.</summary>
    public void Dispose()
    {
        lock (_lock)
            _isOver = true;
        _listener.Dispose();
    }

    private void Listen()
    {
        if (_listens)
            return;
        _listens = true;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FanoutTelemetry.Name)
                listener.EnableMeasurementEvents(instrument, Add(instrument));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((InstrumentSeries)series!).Take(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((InstrumentSeries)series!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((InstrumentSeries)series!).Take(value, tags));
        _listener.Start();
    }

    private InstrumentSeries Add(Instrument instrument)
    {
        var series = new InstrumentSeries(instrument);
        _instruments[series.Name] = series;
        return series;
    }
}
