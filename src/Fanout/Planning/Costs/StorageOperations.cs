using System.Text.Json.Serialization;

namespace Fanout.Planning.Costs;

/// <summary>Operations on a storage account, as it bills them.</summary>
/// <param name="BlobWrites">Blobs written, appended to or listed.</param>
/// <param name="BlobReads">Blobs read.</param>
/// <param name="BlobDeletes">Blobs deleted; they are free.</param>
/// <param name="Queue">Messages sent, received, renewed or deleted; questions to an empty queue.</param>
/// <param name="Table">Rows read or written, several of one partition at once being one.</param>
public readonly record struct StorageOperations(double BlobWrites, double BlobReads, double BlobDeletes, double Queue, double Table)
{
    /// <summary>All of them.</summary>
    [JsonIgnore]
    public double Total => BlobWrites + BlobReads + BlobDeletes + Queue + Table;

    /// <summary>Adds two.</summary>
    public static StorageOperations operator +(StorageOperations one, StorageOperations other) => one.Plus(other);

    /// <summary>Adds another.</summary>
    public StorageOperations Plus(StorageOperations other) => new(
        BlobWrites + other.BlobWrites, BlobReads + other.BlobReads, BlobDeletes + other.BlobDeletes, Queue + other.Queue, Table + other.Table);

    /// <summary>What they cost, in US dollars.</summary>
    internal double At(PriceList prices) =>
        prices.BlobWrite.Of(BlobWrites) + prices.BlobRead.Of(BlobReads) + prices.QueueOperation.Of(Queue) + prices.TableOperation.Of(Table);
}
