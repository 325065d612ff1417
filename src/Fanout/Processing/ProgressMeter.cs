using Fanout.Runs;

namespace Fanout.Processing;

/// <summary>Turns counts into progress with a speed: items settled a second over the last five seconds.</summary>
internal sealed class ProgressMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private readonly Queue<(long At, long Settled)> _samples = new();

    public RunProgress Measure(Counts counts, long? total, int inFlight, int waiting, Allotment allotment)
    {
        var now = time.GetTimestamp();
        while (_samples.Count > 1 && time.GetElapsedTime(_samples.Peek().At, now) > Window)
            _samples.Dequeue();
        var oldest = _samples.Count > 0 ? _samples.Peek() : (At: now, counts.Settled);
        if (_samples.Count == 0 || time.GetElapsedTime(_samples.Last().At, now) > Window / 50)
            _samples.Enqueue((now, counts.Settled));
        var seconds = time.GetElapsedTime(oldest.At, now).TotalSeconds;
        return new RunProgress
        {
            At = time.GetUtcNow(),
            Total = total,
            Succeeded = counts.Succeeded,
            Failed = counts.Failed,
            TimedOut = counts.TimedOut,
            Cancelled = counts.Cancelled,
            InFlight = inFlight,
            WaitingForRetry = waiting,
            ItemsPerSecond = seconds > 0 ? (counts.Settled - oldest.Settled) / seconds : 0,
            Allotment = allotment,
        };
    }
}
