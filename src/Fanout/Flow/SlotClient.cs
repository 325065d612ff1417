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

    /// <summary>Slots it would use if it had them; guarded by the pool's lock.</summary>
    internal int Wanted { get; set; }

    /// <summary>Slots it holds; guarded by the pool's lock.</summary>
    internal int Held { get; set; }

    /// <summary>Says how many slots it would use; those beyond what it holds are granted as they become free.</summary>
    public void Want(int slots) => _pool.SetWanted(this, slots);

    /// <summary>Asked between two items by the holder of a slot. False: it has lost the slot and stops.</summary>
    public bool TryKeep() => _pool.TryKeep(this);

    /// <summary>Gives one slot back.</summary>
    public void Release() => _pool.Release(this);

    /// <summary>Leaves; slots still held are given back one by one with <see cref="Release"/>.</summary>
    public void Dispose() => _pool.Leave(this);
}
