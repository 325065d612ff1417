namespace Fanout.Sources;

/// <summary>One unit of input as a reader sees it. <see cref="Value"/> is valid until the next call on the reader; whoever keeps it copies it.</summary>
/// <param name="Index">0-based place in the source.</param>
/// <param name="Value">UTF-8: a JSON value, or plain text (<see cref="IsText"/>).</param>
/// <param name="IsText">True: the value is a JSON string given as its unescaped, unquoted text.</param>
public readonly record struct Item(long Index, ReadOnlyMemory<byte> Value, bool IsText)
{
    /// <summary>An identity the item brings along (a redriven item: that of the run it failed in); null: it has none.</summary>
    public string? Key { get; init; }

    /// <summary>1-based line of the file it begins on; 0: it comes from no file of lines.</summary>
    public long Line { get; init; }

    /// <summary>Why the item cannot be handled (malformed, oversized), naming its line; null: it can.</summary>
    public ItemError? Defect { get; init; }
}
