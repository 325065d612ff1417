namespace Fanout.Flow;

/// <summary>
/// What holds a run below its own concurrency just now: its shares of limits, a back-off, an adaptive bound. Each is a named cap, the least of
/// them counts, and a change of any is a change of the run's allotment.
/// </summary>
/// <param name="changed">Called, outside the lock, when a cap has changed.</param>
internal sealed class AllotmentCaps(Action changed)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (int Concurrency, int Most)> _caps = new(StringComparer.Ordinal);

    /// <summary>Sets a cap; null: it is lifted.</summary>
    /// <param name="cause">What sets it, in the words of "waiting for": <c>limit crm-api</c>, <c>back-off</c>, <c>adaptive</c>.</param>
    /// <param name="concurrency">Units in flight at most, 0 or more.</param>
    /// <param name="most">What it can rise to: an item that counts for more than the cap waits for that, up to this. Null: the cap is all there will be.</param>
    public void Set(string cause, int? concurrency, int? most = null)
    {
        lock (_lock)
        {
            (int, int)? wanted = concurrency is { } given ? (given, Math.Max(given, most ?? given)) : null;
            if (wanted is { } cap ? _caps.TryGetValue(cause, out var old) && old == cap : !_caps.ContainsKey(cause))
                return;
            if (wanted is { } changed)
                _caps[cause] = changed;
            else
                _caps.Remove(cause);
        }

        changed();
    }

    /// <summary>What is left of <paramref name="asked"/> under all caps but one.</summary>
    public int OverOthers(int asked, string cause)
    {
        lock (_lock)
        {
            var least = asked;
            foreach (var (other, cap) in _caps)
            {
                if (other != cause)
                    least = Math.Min(least, cap.Concurrency);
            }

            return least;
        }
    }

    /// <summary>True: one item of so many units may start when nothing else is in flight. Of a cap that can never come to as many it has all.</summary>
    public bool Admits(int units)
    {
        lock (_lock)
        {
            foreach (var cap in _caps.Values)
            {
                if (cap.Concurrency < Math.Max(1, Math.Min(units, cap.Most)))
                    return false;
            }

            return true;
        }
    }

    /// <summary>What is left of <paramref name="asked"/>, and what holds it there; null: nothing does.</summary>
    public (int Concurrency, string? Cause) Over(int asked)
    {
        lock (_lock)
        {
            var least = (Concurrency: asked, Cause: (string?)null);
            foreach (var (cause, cap) in _caps)
            {
                if (cap.Concurrency < least.Concurrency)
                    least = (cap.Concurrency, cause);
            }

            return least;
        }
    }
}
