namespace Fanout.Flow;

/// <summary>
/// The semaphore of a run: so many slots, one for each item in flight, shared by the batches of one process. A batch keeps a slot from item
/// to item; slots go to whoever wants them and move towards even shares as batches come and go.
/// </summary>
public sealed class SlotPool
{
    private readonly Lock _lock = new();
    private readonly List<SlotClient> _clients = [];
    private int _limit;
    private int _inUse;
    private volatile bool _contended;

    /// <summary>A pool of <paramref name="limit"/> slots; 0: none are given until <see cref="Resize"/>.</summary>
    public SlotPool(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _limit = limit;
    }

    /// <summary>Called, outside the lock, whenever a slot comes back while more are held than there are: somebody may wait for it elsewhere. Null: nobody does.</summary>
    public Action? CameDown { get; set; }

    /// <summary>Slots that all who joined would use if they had them.</summary>
    public int Demand
    {
        get
        {
            lock (_lock)
            {
                var demand = 0L;
                foreach (var client in _clients)
                    demand += Math.Max(client.Wanted, client.Held);
                return (int)Math.Min(demand, int.MaxValue);
            }
        }
    }

    /// <summary>Slots held now.</summary>
    public int InUse
    {
        get
        {
            lock (_lock)
                return _inUse;
        }
    }

    /// <summary>Joins; <paramref name="granted"/> is called, outside the lock, once for each slot given.</summary>
    public SlotClient Join(Action granted)
    {
        var client = new SlotClient(this, granted);
        lock (_lock)
            _clients.Add(client);
        return client;
    }

    /// <summary>Changes the number of slots. Fewer: holders give theirs back after the item in hand.</summary>
    public void Resize(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        List<SlotClient>? grants;
        lock (_lock)
        {
            _limit = limit;
            grants = Distribute();
        }

        Tell(grants);
    }

    internal void SetWanted(SlotClient client, int wanted)
    {
        List<SlotClient>? grants;
        lock (_lock)
        {
            client.Wanted = wanted;
            grants = Distribute();
        }

        Tell(grants);
    }

    internal void Leave(SlotClient client)
    {
        List<SlotClient>? grants;
        lock (_lock)
        {
            _clients.Remove(client);
            client.Wanted = 0;
            grants = Distribute();
        }

        Tell(grants);
    }

    internal void Release(SlotClient client)
    {
        List<SlotClient>? grants;
        bool wasAbove;
        lock (_lock)
        {
            wasAbove = _inUse > _limit;
            client.Held--;
            _inUse--;
            grants = Distribute();
        }

        Tell(grants);
        if (wasAbove)
            CameDown?.Invoke();
    }

    /// <summary>Asked between two items. False: the slot was taken back.</summary>
    internal bool TryKeep(SlotClient client)
    {
        if (!_contended)
            return true;
        List<SlotClient>? grants;
        bool wasAbove;
        lock (_lock)
        {
            wasAbove = _inUse > _limit;
            if (!wasAbove && !(client.Held > FairShare() && AnyBelowFairShare()))
                return true;
            client.Held--;
            _inUse--;
            grants = Distribute(passOver: client);
        }

        Tell(grants);
        if (wasAbove)
            CameDown?.Invoke();
        return false;
    }

    // Each free slot goes to the wanting client that holds fewest: max-min fairness with equal weights.
    private List<SlotClient>? Distribute(SlotClient? passOver = null)
    {
        List<SlotClient>? grants = null;
        while (_inUse < _limit && Poorest(passOver) is { } client)
        {
            client.Held++;
            _inUse++;
            (grants ??= []).Add(client);
        }

        _contended = _inUse > _limit || AnyBelowFairShare();
        return grants;
    }

    private SlotClient? Poorest(SlotClient? passOver)
    {
        SlotClient? poorest = null;
        foreach (var client in _clients)
        {
            if (client.Held < client.Wanted && (poorest is null || client.Held < poorest.Held
                || (client.Held == poorest.Held && poorest == passOver)))
                poorest = client;
        }

        return poorest;
    }

    private bool AnyBelowFairShare()
    {
        var share = FairShare();
        foreach (var client in _clients)
        {
            if (client.Held < client.Wanted && client.Held < share)
                return true;
        }

        return false;
    }

    private int FairShare()
    {
        var claimants = 0;
        foreach (var client in _clients)
        {
            if (client.Wanted > 0)
                claimants++;
        }

        return claimants == 0 ? _limit : _limit / claimants;
    }

    private static void Tell(List<SlotClient>? grants)
    {
        if (grants is null)
            return;
        foreach (var client in grants)
            client.Granted();
    }
}
