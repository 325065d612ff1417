namespace Fanout.Runs;

/// <summary>Runs whose driving failed, each left alone for a while: twice as long each time. Not thread-safe.</summary>
internal sealed class RunSetbacks(TimeSpan shortest, TimeSpan longest)
{
    private readonly Dictionary<string, Setback> _byRun = new(StringComparer.Ordinal);

    public bool Holds(string runId, DateTimeOffset now) => _byRun.TryGetValue(runId, out var setback) && setback.Until > now;

    public void Add(string runId, DateTimeOffset now)
    {
        var times = _byRun.TryGetValue(runId, out var before) ? before.Times : 0;
        var ticks = Math.Min(shortest.Ticks * Math.Pow(2, times), longest.Ticks);
        _byRun[runId] = new Setback(times + 1, now + TimeSpan.FromTicks((long)ticks));
    }

    public void Remove(string runId) => _byRun.Remove(runId);

    /// <summary>Forgets runs that have long been free to be driven: they have ended elsewhere, or were purged.</summary>
    public void RemoveOld(DateTimeOffset now)
    {
        foreach (var runId in _byRun.Where(setback => setback.Value.Until < now - longest).Select(setback => setback.Key).ToList())
            _byRun.Remove(runId);
    }

    private readonly record struct Setback(int Times, DateTimeOffset Until);
}
