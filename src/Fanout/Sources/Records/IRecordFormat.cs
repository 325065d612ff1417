namespace Fanout.Sources;

/// <summary>How one kind of text is cut into records and what a record's item is. A struct, so that the scanner's loop is compiled for each.</summary>
internal interface IRecordFormat
{
    /// <summary>
    /// True: a record may stand on several lines. Such a text is scanned from its beginning to its end by one: a line end in its middle may be
    /// part of a quoted value, and only what is before it tells. One whose records are lines is scanned in parts at once.
    /// </summary>
    static abstract bool SpansLines { get; }

    /// <summary>
    /// Looks at bytes it has not seen before, of the current record. Returns how many of them belong to it, what ends it included,
    /// or -1: all of them do, and it goes on.
    /// </summary>
    int FindEnd(ReadOnlySpan<byte> fresh);

    /// <summary>How many bytes at the end of a terminated record are what ends it; <paramref name="tail"/> is its last two bytes or more.</summary>
    int EndLength(ReadOnlySpan<byte> tail);

    /// <summary>True when a part of a record (mostly all of it), without what ends it, holds nothing that would make it an item.</summary>
    bool IsBlank(ReadOnlySpan<byte> part);

    /// <summary>Looks at a record while the source is planned.</summary>
    /// <exception cref="SourceException">The text is broken in a way that cannot be recovered from.</exception>
    void Inspect(in Record record);

    /// <summary>Called at the text's end while the source is planned.</summary>
    /// <exception cref="SourceException">The text ended too early.</exception>
    void InspectEnd();

    /// <summary>The item of a record that is not oversized, or its defect.</summary>
    Item ToItem(long index, in Record record);
}
