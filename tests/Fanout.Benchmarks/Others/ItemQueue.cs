namespace Fanout.Benchmarks.Others;

/// <summary>The items for several takers.</summary>
internal sealed class ItemQueue(IEnumerator<(int Index, string Line)> items)
{
    private readonly Lock _lock = new();

    /// <summary>Takes the next item. False: there is none.</summary>
    public bool TryTake(out int index, out string line)
    {
        lock (_lock)
        {
            var taken = items.MoveNext();
            (index, line) = taken ? items.Current : (-1, "");
            return taken;
        }
    }
}
