namespace Fanout.Processing;

/// <summary>What a worker that asks for an item gets.</summary>
internal enum Take
{
    /// <summary>The worker has an item.</summary>
    Item,

    /// <summary>More has to be loaded first.</summary>
    Read,

    /// <summary>The part's buffer has to be written first.</summary>
    Write,

    /// <summary>There is nothing to take now.</summary>
    Nothing,

    /// <summary>The worker has lost its slot.</summary>
    SlotLost,
}
