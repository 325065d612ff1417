namespace Fanout.Flow;

/// <summary>A worker that gave its slot back and waits for the units of its item.</summary>
internal sealed class SlotWaiter(SlotClient client, int units)
{
    private readonly TaskCompletionSource<int> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SlotClient Client { get; } = client;

    /// <summary>What the item counts for.</summary>
    public int Units { get; } = units;

    /// <summary>The units it got; 0: it stopped waiting.</summary>
    public Task<int> Granted => _granted.Task;

    /// <summary>Set under the pool's lock, told outside it.</summary>
    public int Got { get; set; }

    public void Tell() => _granted.SetResult(Got);
}
