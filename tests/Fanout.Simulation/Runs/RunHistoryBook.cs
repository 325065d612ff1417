using System.Collections.Concurrent;

namespace Fanout.Simulation.Runs;

/// <summary>What people did in a simulation, for the checkers to judge by.</summary>
internal sealed class RunHistoryBook
{
    private readonly ConcurrentDictionary<RunPlanned, DateTimeOffset> _cancels = new();
    private readonly ConcurrentDictionary<RunPlanned, ConcurrentBag<int>> _concurrency = new();
    private readonly ConcurrentQueue<DateTimeOffset> _stops = new();

    /// <summary>When processes were stopped or replaced.</summary>
    public IEnumerable<DateTimeOffset> Stops => _stops;

    public void NoteStop(DateTimeOffset at) => _stops.Enqueue(at);

    public void NoteCancel(RunPlanned run, DateTimeOffset at) => _cancels[run] = at;

    public void NoteConcurrency(RunPlanned run, int concurrency) => _concurrency.GetOrAdd(run, _ => []).Add(concurrency);

    /// <summary>When it was cancelled; null: it was not.</summary>
    public DateTimeOffset? CancelledAt(RunPlanned run) => _cancels.TryGetValue(run, out var at) ? at : null;

    /// <summary>The least and the most it might ever have in flight.</summary>
    public (int Least, int Most) ConcurrencyOf(RunPlanned run)
    {
        var all = _concurrency.GetValueOrDefault(run, []).Append(run.Concurrency).ToList();
        return (all.Min(), all.Max());
    }
}
