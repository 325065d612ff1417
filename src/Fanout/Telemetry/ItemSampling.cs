namespace Fanout.Telemetry;

/// <summary>
/// Of which items there are spans: of so many a second for each run and process, evenly spaced, or of all, or of none. A rate and not a share, so that what tracing
/// costs does not grow with how fast items are. Thread-safe.
/// </summary>
/// <remarks>Set by <see cref="Variable"/>; the batch they belong to must be sampled too, which is for whoever listens to say.</remarks>
public sealed class ItemSampling
{
    /// <summary>The environment variable that says so: a rate such as <c>10/s</c>, <c>all</c>, or <c>none</c>. Default: <c>10/s</c>.</summary>
    public const string Variable = "FANOUT_TRACE_ITEMS";

    /// <summary>What is meant when nothing is said: <c>10/s</c>.</summary>
    public const string Default = "10/s";

    private readonly TimeProvider _time;
    private readonly long _spacing;
    private long _due = long.MinValue;

    private ItemSampling(TimeProvider time, long spacing)
    {
        _time = time;
        _spacing = spacing;
    }

    /// <summary>False: of no item there is one.</summary>
    public bool TakesAny => _spacing < long.MaxValue;

    /// <summary>Reads what the variable says; null or empty: <see cref="Default"/>.</summary>
    /// <param name="text">Its value.</param>
    /// <param name="time">The clock that spaces them.</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static ItemSampling Parse(string? text, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var wanted = string.IsNullOrWhiteSpace(text) ? Default : text.Trim();
        return wanted switch
        {
            "all" => new ItemSampling(time, 0),
            "none" => new ItemSampling(time, long.MaxValue),
            _ => new ItemSampling(time, (long)(time.TimestampFrequency / Rate.Parse(wanted).PerSecond)),
        };
    }

    /// <summary>Whether there is a span of the item that is to be handled now.</summary>
    public bool Takes()
    {
        if (_spacing is 0 or long.MaxValue)
            return _spacing == 0;
        var now = _time.GetTimestamp();
        var due = Volatile.Read(ref _due);
        return now >= due && Interlocked.CompareExchange(ref _due, now + _spacing, due) == due;
    }
}
