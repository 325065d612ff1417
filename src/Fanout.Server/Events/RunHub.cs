namespace Fanout.Server.Events;

/// <summary>
/// The events of one run. Whoever reads has a place in them and nothing else: however slow a reader is, it costs no memory, and what it is too late for it
/// is not told.
/// </summary>
/// <param name="runId">The run.</param>
internal sealed class RunHub(string runId)
{
    /// <summary>Samples kept: 15 min at one a second.</summary>
    public const int KeptSamples = 900;

    /// <summary>A reader that is more samples behind than this is told the newest only.</summary>
    public const int MostBehind = 30;

    private readonly Lock _lock = new();
    private readonly Queue<EventFrame> _samples = new(KeptSamples);
    private readonly Queue<(string Id, long Sequence)> _runIds = new(KeptSamples);
    private TaskCompletionSource _news = CreateNews();
    private EventFrame? _run;
    private EventFrame? _end;
    private EventBatch? _latest;
    private long _latestFrom;
    private long _sequence;
    private long _told;

    public string RunId { get; } = runId;

    /// <summary>Only one reads the run at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Streams that are open.</summary>
    public int Readers { get; set; }

    /// <summary>Looks in a row at which nobody read and the run was not driven here.</summary>
    public int IdleLooks { get; set; }

    /// <summary>When the numbers were taken that the last sample tells.</summary>
    public DateTimeOffset? LastSeen { get; set; }

    /// <summary>When the last event or heartbeat was told.</summary>
    public DateTimeOffset LastNewsAt { get; set; }

    /// <summary>When the run was seen to be over; null: it goes on.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The entity tag of the run as it was last told; null: it was not yet.</summary>
    public string? RunTag => _run?.Id;

    /// <summary>Tells the run. False: it is what was told last.</summary>
    public bool PublishRun(string tag, ReadOnlySpan<byte> json)
    {
        lock (_lock)
        {
            if (_run?.Id == tag)
                return false;
            _run = EventFrame.Of(++_sequence, "run", tag, json);
            if (_runIds.Count == KeptSamples)
                _runIds.Dequeue();
            _runIds.Enqueue((tag, _sequence));
            return true;
        }
    }

    /// <summary>Tells a sample.</summary>
    public void PublishSample(string id, ReadOnlySpan<byte> json)
    {
        lock (_lock)
        {
            if (_samples.Count == KeptSamples)
                _samples.Dequeue();
            _samples.Enqueue(EventFrame.Of(++_sequence, "sample", id, json));
        }
    }

    /// <summary>Tells that the run is over; the last event there is.</summary>
    public void PublishEnd(DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_end is not null)
                return;
            EndedAt = at;
            _end = EventFrame.Of(++_sequence, "end", $"{_run?.Id}.end", "{}"u8);
        }
    }

    /// <summary>Wakes all readers, if there is anything new or <paramref name="always"/>. False: it did not.</summary>
    public bool Tell(bool always)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            if (!always && _told == _sequence)
                return false;
            _told = _sequence;
            news = _news;
            _news = CreateNews();
        }

        news.SetResult();
        return true;
    }

    /// <summary>Where a client goes on that has had an event; 0: from the first that is kept.</summary>
    public long PlaceOf(string? lastEventId)
    {
        lock (_lock)
        {
            if (lastEventId is null)
                return 0;
            if (_end?.Id == lastEventId)
                return _end.Sequence;
            foreach (var (id, sequence) in _runIds)
            {
                if (id == lastEventId)
                    return sequence;
            }

            return _samples.FirstOrDefault(sample => sample.Id == lastEventId)?.Sequence ?? 0;
        }
    }

    /// <summary>True: who is there has had everything, and there will be nothing more.</summary>
    public bool IsDone(long place)
    {
        lock (_lock)
            return _end is not null && place >= _end.Sequence;
    }

    /// <summary>What a reader has not had, in order, and what to wait for when that is told.</summary>
    /// <param name="place">The last event it had.</param>
    /// <param name="isFirst">True: it is told all that is kept, however far behind it is.</param>
    public EventBatch After(long place, bool isFirst)
    {
        lock (_lock)
        {
            // Those who keep up, mostly all, all ask the same.
            if (_latest?.Place == _sequence && _latestFrom == place && !isFirst)
                return _latest with { News = _news.Task };
            var samples = _samples.Where(sample => sample.Sequence > place).ToList();
            if (!isFirst && samples.Count > MostBehind)
                samples.RemoveRange(0, samples.Count - 1);
            if (_run is not null && _run.Sequence > place)
                samples.Add(_run);
            samples.Sort(static (one, other) => one.Sequence.CompareTo(other.Sequence));
            if (_end is not null && _end.Sequence > place)
                samples.Add(_end);
            var batch = new EventBatch(samples, _sequence, _end is not null, _news.Task);
            if (!isFirst)
                (_latest, _latestFrom) = (batch, place);
            return batch;
        }
    }

    private static TaskCompletionSource CreateNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a reader has not had.</summary>
/// <param name="Frames">The events, in order.</param>
/// <param name="Place">Where it is when it has had them.</param>
/// <param name="IsLast">True: nothing comes after them.</param>
/// <param name="News">Completes when there may be more.</param>
internal sealed record EventBatch(IReadOnlyList<EventFrame> Frames, long Place, bool IsLast, Task News);
