namespace Fanout.Flow;

/// <summary>One batch's share of a <see cref="SlotPool"/>.</summary>
public sealed class SlotClient : IDisposable
{
    private readonly SlotPool _pool;

    internal SlotClient(SlotPool pool, Action granted)
    {
        _pool = pool;
        Granted = granted;
    }

    internal Action Granted { get; }

    /// <summary>Holders it would have if it could, those that wait for their item's units included; guarded by the pool's lock.</summary>
    internal int Wanted { get; set; }

    /// <summary>Holders it has, those that wait for their item's units included; guarded by the pool's lock.</summary>
    internal int Holders { get; set; }

    /// <summary>Units they hold; guarded by the pool's lock.</summary>
    internal int Held { get; set; }

    /// <summary>Units they may hold, of however many there are; guarded by the pool's lock.</summary>
    internal int Most { get; set; }

    /// <summary>Those of its holders that wait for their item's units; guarded by the pool's lock.</summary>
    internal int Waiting { get; set; }

    /// <summary>It wants a slot and may have one; guarded by the pool's lock.</summary>
    internal bool MayGrow => Holders < Wanted && Held < Most && Waiting == 0;

    /// <summary>It holds more than it may; guarded by the pool's lock.</summary>
    internal bool IsOver => Held > Most;

    /// <summary>Units it holds now.</summary>
    public int InUse => _pool.HeldBy(this);

    /// <summary>Says how many slots it would use; those beyond what it holds are granted as they become free.</summary>
    public void Want(int slots) => _pool.SetWanted(this, slots);

    /// <summary>Changes how many slots it may have, of however many there are. Fewer: holders give theirs back after the item in hand.</summary>
    public void Bound(int most) => _pool.Bound(this, most);

    /// <summary>Asked between two items by the holder of a slot. False: it has lost the slot and stops.</summary>
    public bool TryKeep() => _pool.TryKeep(this);

    /// <summary>Exchanges the holder's one slot for what its item counts for, if there is enough and nobody waits for more.</summary>
    /// <param name="units">At least 1; more than there can be are given to who is alone.</param>
    /// <returns>Units it holds now, to be given back with <see cref="Reduce"/> or <see cref="Release"/>; 0: it holds its one slot still.</returns>
    public int TryExchange(int units) => _pool.TryExchange(this, units);

    /// <summary>
    /// Exchanges the holder's one slot for what its item counts for. It holds nothing while it waits, and who waits is served in order, before
    /// anyone is granted a slot.
    /// </summary>
    /// <param name="units">At least 1; more than there can be are given to who is alone.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Units it holds now, to be given back with <see cref="Reduce"/> or <see cref="Release"/>; 0: cancelled, and it has lost its slot.</returns>
    public ValueTask<int> ExchangeAsync(int units, CancellationToken cancellationToken) => _pool.ExchangeAsync(this, units, cancellationToken);

    /// <summary>The item is done: all but one of its units are given back.</summary>
    /// <param name="units">Units held, at least 1.</param>
    public void Reduce(int units) => _pool.Reduce(this, units);

    /// <summary>Gives a slot back, with all units that its holder has.</summary>
    /// <param name="units">Units held, at least 1.</param>
    public void Release(int units = 1) => _pool.Release(this, units);

    /// <summary>Leaves; slots still held are given back one by one with <see cref="Release"/>.</summary>
    public void Dispose() => _pool.Leave(this);
}
