using System.Diagnostics.Metrics;

namespace Fanout.Server.Metrics;

/// <summary>An instrument with all its series. Thread-safe.</summary>
internal sealed class InstrumentSeries
{
    private readonly Lock _lock = new();
    private readonly double[] _bounds;
    private readonly bool _isObserved;
    private volatile Series[] _series = [];

    public InstrumentSeries(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        _isObserved = instrument.IsObservable;
        _bounds = instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
            Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
            _ => [],
        };
        Kind = kind == typeof(Histogram<>) ? "histogram" : isCounter ? "counter" : "gauge";
        Name = PrometheusNames.OfMetric(instrument.Name, instrument.Unit, isCounter);
        Help = instrument.Description ?? "";
    }

    /// <summary>What Prometheus calls it.</summary>
    public string Name { get; }

    /// <summary>Its type there.</summary>
    public string Kind { get; }

    /// <summary>What it is.</summary>
    public string Help { get; }

    /// <summary>The series there are.</summary>
    public IReadOnlyList<Series> Series => _series;

    /// <summary>Takes a measurement in.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags) ?? Add(tags);
        if (_isObserved)
            series.Set(value);
        else
            series.Add(value);
    }

    /// <summary>What is observed is what the next observation says, and nothing else.</summary>
    public void Forget()
    {
        if (!_isObserved)
            return;
        foreach (var series in _series)
            series.Clear();
    }

    // A handful: looked through without making anything.
    private Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Has(tags))
                return series;
        }

        return null;
    }

    private Series Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (Find(tags) is { } known)
                return known;
            var series = new Series([.. tags], _bounds);
            _series = [.. _series, series];
            return series;
        }
    }
}
