using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fanout.Telemetry;

namespace Fanout.Conformance.Telemetry;

/// <summary>Listens to Fanout's metrics, and keeps every measurement.</summary>
public sealed class MeterReader : IDisposable
{
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen.</summary>
    public MeterReader()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == FanoutTelemetry.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What was measured so far of instruments that are told of as they happen.</summary>
    public IReadOnlyList<Measured> Told(string name) => [.. _measured.Where(one => one.Name == name)];

    /// <summary>What those that are observed come to now.</summary>
    public IReadOnlyList<Measured> Observe(string name)
    {
        var before = _measured.Count;
        _listener.RecordObservableInstruments();
        return [.. _measured.Skip(before).Where(one => one.Name == name)];
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, tag) in tags)
            kept[key] = (string)tag!;
        _measured.Enqueue(new Measured(instrument.Name, value, kept));
    }
}

/// <summary>A measurement.</summary>
/// <param name="Name">Of the metric.</param>
/// <param name="Value">The value.</param>
/// <param name="Tags">The attributes, all of which are texts.</param>
public sealed record Measured(string Name, double Value, IReadOnlyDictionary<string, string> Tags);
