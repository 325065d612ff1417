using System.Diagnostics;
using Akka.Actor;
using Akka.Persistence;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>A lane: takes an item, handles it, persists what came of it, and takes the next.</summary>
internal sealed class ItemActor : ReceivePersistentActor
{
    private readonly ItemQueue _queue;
    private readonly Workload _work;

    public ItemActor(int lane, ItemQueue queue, Workload work, ItemCountdown countdown)
    {
        (_queue, _work) = (queue, work);
        PersistenceId = $"lane-{lane}";
        Recover<ItemHandled>(static _ => { });
        Command<IsReady>(ready => Sender.Tell(ready));
        Command<Next>(_ => Take());
        Command<ItemHandled>(handled => Persist(handled, _ =>
        {
            countdown.Count();
            Take();
        }));
        Command<Status.Failure>(failure => countdown.Fail(failure.Cause));
    }

    public override string PersistenceId { get; }

    private void Take()
    {
        if (_queue.TryTake(out var index, out var line))
            HandleAsync(index, line).PipeTo(Self);
    }

    private async Task<ItemHandled> HandleAsync(int index, string line)
    {
        var since = Stopwatch.GetTimestamp();
        await _work.HandleLineAsync(line);
        return new ItemHandled(index, "Succeeded", Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }

    /// <summary>Asks whether it can begin.</summary>
    internal sealed record IsReady;

    /// <summary>Has it begin.</summary>
    internal sealed record Next;

    /// <summary>The event: what came of an item.</summary>
    internal sealed record ItemHandled(int Index, string Status, double DurationMs);
}
