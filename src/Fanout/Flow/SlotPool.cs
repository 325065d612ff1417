namespace Fanout.Flow;

/// <summary>
/// The semaphore of a run: so many slots, one for each unit in flight, shared by the batches of one process. A batch keeps a slot from item
/// to item; slots go to whoever wants them and move towards even shares as batches come and go.
/// </summary>
/// <remarks>
/// An item that counts for several units needs as many slots at once. Its worker gives up the one it has and waits in line; while someone
/// waits nobody else is granted or keeps a slot, so that what is needed comes together. Who waits holds nothing: there is no deadlock. Who waits only
/// for units of its own batch, which has all it may have, holds up that batch and no other. One that counts for more than there are has the pool, or its
/// batch's part of it, for itself, and counts in full all the same: what else the pool is part of has to know.
/// </remarks>
public sealed partial class SlotPool
{
    private readonly Lock _lock = new();
    private readonly List<SlotClient> _clients = [];
    private int _limit;
    private int _inUse;
    private volatile bool _contended;

    // Somebody in line waits for units of the pool, and not only of its own batch.
    private bool _lineWaits;

    /// <summary>A pool of <paramref name="limit"/> slots; 0: none are given until <see cref="Resize(int)"/>.</summary>
    public SlotPool(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _limit = limit;
    }

    /// <summary>
    /// Says whether an item that counts for more than there are slots may have the pool for itself just now; called under the pool's lock, and asked again after
    /// every <see cref="Resize"/>. Default: as soon as there is a slot.
    /// </summary>
    public Func<int, bool> AdmitsAlone { get; init; } = static _ => true;

    /// <summary>Called, outside the lock, whenever a slot comes back while more are held than there are: somebody may wait for it elsewhere. Null: nobody does.</summary>
    public Action? CameDown { get; set; }

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
    /// <param name="granted">What to call.</param>
    /// <param name="most">Slots it may have, of however many there are. Default: all.</param>
    public SlotClient Join(Action granted, int most = int.MaxValue)
    {
        var client = new SlotClient(this, granted) { Most = most };
        lock (_lock)
            _clients.Add(client);
        return client;
    }

    /// <summary>Changes the number of slots. Fewer: holders give theirs back after the item in hand.</summary>
    public void Resize(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Grants grants;
        lock (_lock)
        {
            _limit = limit;
            grants = Distribute();
        }

        grants.Tell();
    }

    internal void SetWanted(SlotClient client, int wanted)
    {
        Grants grants;
        lock (_lock)
        {
            client.Wanted = wanted;
            grants = Distribute();
        }

        grants.Tell();
    }

    internal void Bound(SlotClient client, int most)
    {
        Grants grants;
        lock (_lock)
        {
            client.Most = most;
            grants = Distribute();
        }

        grants.Tell();
    }

    internal int HeldBy(SlotClient client)
    {
        lock (_lock)
            return client.Held;
    }

    internal void Leave(SlotClient client)
    {
        Grants grants;
        lock (_lock)
        {
            _clients.Remove(client);
            client.Wanted = 0;
            grants = Distribute();
        }

        grants.Tell();
    }

    internal void Release(SlotClient client, int units)
    {
        Grants grants;
        lock (_lock)
        {
            client.Holders--;
            grants = TakeBack(client, units);
        }

        grants.Tell();
    }

    /// <summary>Asked between two items. False: the slot was taken back.</summary>
    internal bool TryKeep(SlotClient client)
    {
        if (!_contended)
            return true;
        Grants grants;
        lock (_lock)
        {
            if (_inUse <= _limit && !_lineWaits && client is { Waiting: 0, IsOver: false } && !(client.Held > FairShare() && AnyBelowFairShare()))
                return true;
            client.Holders--;
            grants = TakeBack(client, 1, passOver: client);
        }

        grants.Tell();
        return false;
    }

    private Grants TakeBack(SlotClient client, int units, SlotClient? passOver = null)
    {
        var wasAbove = _inUse > _limit;
        client.Held -= units;
        _inUse -= units;
        return Distribute(passOver) with { CameDown = wasAbove ? CameDown : null };
    }

    // Who waits in line comes first. Then each free slot goes to the wanting client that holds fewest: max-min fairness with equal weights.
    private Grants Distribute(SlotClient? passOver = null)
    {
        var served = ServeLine();
        List<SlotClient>? granted = null;
        while (!_lineWaits && _inUse < _limit && Poorest(passOver) is { } client)
        {
            client.Holders++;
            client.Held++;
            _inUse++;
            (granted ??= []).Add(client);
        }

        _contended = _inUse > _limit || _line.Count > 0 || AnyBelowFairShare() || AnyOver();
        return new Grants(granted, served);
    }

    private SlotClient? Poorest(SlotClient? passOver)
    {
        SlotClient? poorest = null;
        foreach (var client in _clients)
        {
            if (client.MayGrow && (poorest is null || client.Held < poorest.Held
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
            if (client.MayGrow && client.Held < share)
                return true;
        }

        return false;
    }

    private bool AnyOver()
    {
        foreach (var client in _clients)
        {
            if (client.IsOver)
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

    // Told outside the lock.
    private readonly record struct Grants(List<SlotClient>? Granted, List<SlotWaiter>? Served)
    {
        public Action? CameDown { get; init; }

        public void Tell()
        {
            CameDown?.Invoke();
            if (Served is not null)
            {
                foreach (var waiter in Served)
                    waiter.Tell();
            }

            if (Granted is null)
                return;
            foreach (var client in Granted)
                client.Granted();
        }
    }
}
