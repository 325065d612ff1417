namespace Fanout.Storage;

/// <summary>Records in order, one at a time.</summary>
internal interface ISortedRecords : IDisposable
{
    /// <summary>The current record's key.</summary>
    SortKey Key { get; }

    /// <summary>The current record; valid until the next move.</summary>
    ReadOnlySpan<byte> Record { get; }

    /// <summary>Goes to the next record. False: there is none.</summary>
    bool MoveNext();
}
