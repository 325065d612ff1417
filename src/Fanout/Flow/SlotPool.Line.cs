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
                    long room = Math.Max(0, client.Most - client.Held);
                    if (client.Waiting > 0)
                    {
                        more += _line.Where(waiter => waiter.Client == client).Sum(waiter => (long)waiter.Units);
                        // Who needs more than its batch may have gets it all the same, alone.
                        room = Math.Max(room, _line.First(waiter => waiter.Client == client).Units);
                    }

                    demand += Math.Min(more, room);
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
                return _line.First is { } head ? head.Value.Units : 1;
        }
    }

    // 0: there is not enough, or someone waits already.
    internal int TryExchange(SlotClient client, int units)
    {
        lock (_lock)
        {
            var more = units - 1;
            if (_lineWaits || client.Waiting > 0 || !FitsBatch(client, more, own: 1) || !FitsPool(more, own: 1))
                return 0;
            client.Held += more;
            _inUse += more;
            return units;
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
            if (FitsBatch(waiter.Client, waiter.Units, own: 0))
            {
                if (FitsPool(waiter.Units, own: 0))
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
            waiter.Got = waiter.Units;
            waiter.Client.Waiting--;
            waiter.Client.Held += waiter.Got;
            _inUse += waiter.Got;
            (served ??= []).Add(waiter);
        }
    }

    // So many more beside what is its own.
    private static bool FitsBatch(SlotClient client, int more, int own) => client.Most > 0 && (more <= client.Most - client.Held || client.Held == own);

    private bool FitsPool(int more, int own) => _limit > 0 && (more <= _limit - _inUse || (_inUse == own && AdmitsAlone(more + own)));
}
