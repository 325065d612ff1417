namespace Fanout.Results;

/// <summary>
/// A spool of items: records of <c>int32 length of the rest, byte flags, string key, [string error type, string error message], value</c>
/// as BinaryWriter writes them, and beside it the offset of every so many records as int64.
/// </summary>
internal static class SpoolFormat
{
    public const string ItemsName = "redrive.items";
    public const string OffsetsName = "redrive.offsets";

    /// <summary>Records between two offsets.</summary>
    public const int Stride = 1_024;

    /// <summary>Bytes in front of a record: its length.</summary>
    public const int HeaderSize = sizeof(int);

    /// <summary>Largest record: the largest item (64 MiB), and room for its key and defect.</summary>
    public const int MaxRecordSize = 80 << 20;

    /// <summary>The value is text.</summary>
    public const byte IsText = 1;

    /// <summary>The item has a defect.</summary>
    public const byte HasDefect = 2;
}
