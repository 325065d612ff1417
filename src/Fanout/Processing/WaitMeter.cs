using Fanout.Flow;
using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>
/// Where a run's time went over the last five seconds. Each sample stands for the time since the one before; every moment counts alike,
/// however many places the run had then. Not thread-safe.
/// </summary>
/// <param name="start">When the run's time begins, on the clock of the samples.</param>
internal sealed class WaitMeter(TimeSpan start)
{
    /// <summary>How far back it looks: 5 s.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(5);

    // Shares are added up as whole numbers, so that they add up exactly: parts of a tick.
    private const long PartsPerTick = 1 << 16;

    private readonly Queue<Sample> _samples = new();
    private TimeSpan _last = start;
    private TimeSpan _waitedForPace;

    /// <summary>Adds what is seen at <paramref name="now"/>; a sample that is not later than the last adds nothing.</summary>
    /// <param name="now">On a clock that does not go back.</param>
    /// <param name="census">How many places each cause has; at least one place.</param>
    public void Add(TimeSpan now, IReadOnlyList<PlaceCount> census)
    {
        if (now <= _last)
            return;
        _samples.Enqueue(new Sample(_last, now, census));
        _last = now;
        Forget(now);
    }

    /// <summary>Adds what is seen at <paramref name="now"/>, with the pace as a cause for as long as it was waited for since the last sample.</summary>
    /// <param name="now">On a clock that does not go back.</param>
    /// <param name="run">What is seen, with what an item would wait for that may not start yet.</param>
    /// <param name="waitedForPace">How long in all that was waited for; less than before: by others than before.</param>
    public void Add(TimeSpan now, in RunSituation run, TimeSpan waitedForPace)
    {
        var waited = TimeSpan.FromTicks(Math.Clamp((waitedForPace - _waitedForPace).Ticks, 0, Math.Max(0, (now - _last).Ticks)));
        _waitedForPace = waitedForPace;
        Add(_last + waited, PlaceCensus.Of(run));
        Add(now, PlaceCensus.Of(run with { PaceCause = null }));
    }

    /// <summary>The shares of the window that ends at <paramref name="now"/>, most first, zeros left out; none: nothing was seen in it.</summary>
    public IReadOnlyList<WaitShare> Shares(TimeSpan now)
    {
        Forget(now);
        return Shares(_samples, now - Window);
    }

    /// <summary>The shares of one moment.</summary>
    public static IReadOnlyList<WaitShare> Shares(IReadOnlyList<PlaceCount> census) =>
        Shares([new Sample(TimeSpan.Zero, TimeSpan.FromTicks(1), census)], TimeSpan.Zero);

    private static List<WaitShare> Shares(IEnumerable<Sample> samples, TimeSpan from)
    {
        var weights = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var sample in samples)
        {
            var parts = (sample.To - (sample.From > from ? sample.From : from)).Ticks * PartsPerTick;
            var places = sample.Census.Sum(count => (long)count.Places);
            foreach (var (cause, count) in sample.Census)
                weights[cause] = weights.GetValueOrDefault(cause) + (long)((Int128)parts * count / places);
        }

        var percents = LargestRemainder.Percents([.. weights.Values]);
        return [.. weights.Keys.Select((cause, i) => new WaitShare(cause, percents[i])).Where(share => share.Percent > 0).OrderByDescending(share => share.Percent)];
    }

    private void Forget(TimeSpan now)
    {
        while (_samples.TryPeek(out var oldest) && oldest.To <= now - Window)
            _samples.Dequeue();
    }

    private readonly record struct Sample(TimeSpan From, TimeSpan To, IReadOnlyList<PlaceCount> Census);
}
