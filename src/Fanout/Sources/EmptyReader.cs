namespace Fanout.Sources;

/// <summary>Reads nothing.</summary>
internal sealed class EmptyReader : IItemReader
{
    public static readonly EmptyReader Instance = new();

    /// <inheritdoc/>
    public bool TryRead(out Item item)
    {
        item = default;
        return false;
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
