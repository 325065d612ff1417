namespace Fanout.Flow;

/// <summary>Items that count for several units.</summary>
public sealed partial class SlotPool
{
    private readonly LinkedList<SlotWaiter> _line = [];

    /// <summary>
    /// Units its clients want in all and may have, those they hold included. What items not yet taken will count for is not known: they are one unit here.
    /// </summary>
    public int Demand
    {
        get
        {
            lock (_lock)
            {
                long demand = _inUse;
                foreach (var client in _clients)
                {
                    long more = Math.Max(0, client.Wanted - client.Holders);
                    if (client.Waiting > 0)
                        more += _line.Where(waiter => waiter.Client == client).Sum(waiter => (long)Need(waiter));
                    demand += Math.Min(more, Math.Max(0, client.Most - client.Held));
                }

                return (int)Math.Min(demand, int.MaxValue);
            }
        }
    }

    /// <summary>Units that who is first in line waits for; fewer are of no use. 1: nobody waits.</summary>
    public int LargestWaiting
    {
        get
        {
            lock (_lock)
                return _line.First is { } head ? Math.Max(1, Need(head.Value)) : 1;
        }
    }

    // 0: there is not enough, or someone waits already.
    internal int TryExchange(SlotClient client, int units)
    {
        lock (_lock)
        {
            var more = Math.Min(units, MostOf(client)) - 1;
            if (_lineWaits || client.Waiting > 0 || more < 0 || more > _limit - _inUse || more > client.Most - client.Held)
                return 0;
            client.Held += more;
            _inUse += more;
            return more + 1;
        }
    }

    internal async ValueTask<int> ExchangeAsync(SlotClient client, int units, CancellationToken cancellationToken)
    {
        var waiter = new SlotWaiter(client, units);
        Grants grants;
        lock (_lock)
        {
            _line.AddLast(waiter);
            client.Waiting++;
            grants = TakeBack(client, 1);
        }

        grants.Tell();
        await using (cancellationToken.UnsafeRegister(_ => StopWaiting(waiter), null).ConfigureAwait(false))
            return await waiter.Granted.ConfigureAwait(false);
    }

    internal void Reduce(SlotClient client, int units)
    {
        if (units == 1)
            return;
        Grants grants;
        lock (_lock)
        {
            grants = TakeBack(client, units - 1);
        }

        grants.Tell();
    }

    private void StopWaiting(SlotWaiter waiter)
    {
        Grants grants;
        lock (_lock)
        {
            // Granted in the meantime: then it is, and the waiter gives it back.
            if (!_line.Remove(waiter))
                return;
            waiter.Client.Waiting--;
            waiter.Client.Holders--;
            grants = Distribute();
        }

        waiter.Tell();
        grants.Tell();
    }

    // First come, first served: one that needs much is not overtaken by those that need little, but for those of other batches where its own has no more.
    private List<SlotWaiter>? ServeLine()
    {
        List<SlotWaiter>? served = null;
        _lineWaits = false;
        for (var node = _line.First; node is not null && !_lineWaits;)
        {
            var waiter = node.Value;
            var next = node.Next;
            var need = Need(waiter);
            if (need <= waiter.Client.Most - waiter.Client.Held && need > 0)
            {
                if (_limit > 0 && need <= _limit - _inUse)
                    Serve(node);
                else
                    _lineWaits = true;
            }

            node = next;
        }

        return served;

        void Serve(LinkedListNode<SlotWaiter> node)
        {
            var waiter = node.Value;
            _line.Remove(node);
            waiter.Got = Need(waiter);
            waiter.Client.Waiting--;
            waiter.Client.Held += waiter.Got;
            _inUse += waiter.Got;
            (served ??= []).Add(waiter);
        }
    }

    private int Need(SlotWaiter waiter) => Math.Min(waiter.Units, MostOf(waiter.Client));

    private int MostOf(SlotClient client) => Math.Min(_most, client.Most);
}
