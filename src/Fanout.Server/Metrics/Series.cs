namespace Fanout.Server.Metrics;

/// <summary>The values of one instrument under one set of attributes. Thread-safe.</summary>
/// <param name="tags">The attributes.</param>
/// <param name="bounds">Of a histogram: the upper bounds of its buckets, ascending, but for the last, which has none. Empty: it is a single number.</param>
internal sealed class Series(KeyValuePair<string, object?>[] tags, double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;
    private bool _isSet;

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => tags;

    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>Adds a measurement to a histogram, or to a sum.</summary>
    public void Add(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        lock (_lock)
        {
            _buckets[bucket]++;
            _sum += value;
            _isSet = true;
        }
    }

    /// <summary>Replaces the number.</summary>
    public void Set(double value)
    {
        lock (_lock)
            (_sum, _isSet) = (value, true);
    }

    /// <summary>It has no number until it is set again.</summary>
    public void Clear()
    {
        lock (_lock)
            _isSet = false;
    }

    /// <summary>What it comes to; null: nothing was measured.</summary>
    public (double Sum, IReadOnlyList<long> Buckets)? Read()
    {
        lock (_lock)
            return _isSet ? (_sum, [.. _buckets]) : null;
    }

    /// <summary>True: these are its attributes, in this order, as an instrument's measurements always have them.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
            return false;
        for (var i = 0; i < others.Length; i++)
        {
            if (others[i].Key != tags[i].Key || !Equals(others[i].Value, tags[i].Value))
                return false;
        }

        return true;
    }
}
