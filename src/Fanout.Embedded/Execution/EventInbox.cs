using Fanout.Embedded.History;

namespace Fanout.Embedded.Execution;

/// <summary>External events: those that came before anybody waited, and those that are waited for. In order within a name; names ignore case.</summary>
internal sealed class EventInbox(TurnSynchronizationContext turn)
{
    private readonly LinkedList<EventRaised> _unclaimed = new();
    private readonly Dictionary<string, LinkedList<OpenTask>> _waiting = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Events nobody has waited for yet, in the order they came.</summary>
    public IEnumerable<EventRaised> Unclaimed => _unclaimed;

    /// <summary>How many waits are open.</summary>
    public int Waiting { get; private set; }

    /// <summary>Gives an event to the longest wait for its name, or keeps it.</summary>
    public void Deliver(EventRaised raised)
    {
        if (_waiting.TryGetValue(raised.Name, out var queue) && queue.First is { } first)
        {
            queue.RemoveFirst();
            Waiting--;
            first.Value.Complete(raised.Payload);
        }
        else
        {
            _unclaimed.AddLast(raised);
        }
    }

    /// <summary>The next event of that name, now or later.</summary>
    public Task<T> Wait<T>(string name, CancellationToken cancellationToken)
    {
        var open = new OpenTask<T>(name);
        if (cancellationToken.IsCancellationRequested)
            open.Cancel(cancellationToken);
        else if (TakeUnclaimed(name) is { } raised)
            open.Complete(raised.Payload);
        else
            Enqueue(name, open, cancellationToken);
        return open.Task;
    }

    private EventRaised? TakeUnclaimed(string name)
    {
        for (var node = _unclaimed.First; node is not null; node = node.Next)
        {
            if (!string.Equals(node.Value.Name, name, StringComparison.OrdinalIgnoreCase))
                continue;
            _unclaimed.Remove(node);
            return node.Value;
        }

        return null;
    }

    private void Enqueue(string name, OpenTask open, CancellationToken cancellationToken)
    {
        if (!_waiting.TryGetValue(name, out var queue))
            _waiting.Add(name, queue = new LinkedList<OpenTask>());
        var node = queue.AddLast(open);
        Waiting++;
        if (!cancellationToken.CanBeCanceled)
            return;
        cancellationToken.Register(() =>
        {
            // A wait that got its event is in no list any more; cancelling it then means nothing.
            if (node.List is null || !turn.CheckOnTurn())
                return;
            queue.Remove(node);
            Waiting--;
            open.Cancel(cancellationToken);
        });
    }
}
