namespace Fanout.Azure;

/// <summary>
/// Opens blobs that are items. It is a service (<see cref="AzureSourcesServiceCollectionExtensions.AddAzureSources"/>) that handlers ask for in
/// their constructor.
/// </summary>
/// <example>
/// <code>
/// public sealed class Thumbnails(IBlobReader blobs) : IItemHandler&lt;BlobItem, int&gt;
/// {
///     public async ValueTask&lt;int&gt; HandleAsync(BlobItem item, ItemContext context, CancellationToken cancellationToken)
///     {
///         await using var image = await blobs.OpenReadAsync(item, cancellationToken);
///         return await ShrinkAsync(image, cancellationToken);
///     }
/// }
/// </code>
/// </example>
public interface IBlobReader
{
    /// <summary>Opens a blob as it is now, to be read once from its beginning to its end, in one operation. A connection that breaks is taken up again.</summary>
    /// <exception cref="SourceException">It is gone.</exception>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    ValueTask<Stream> OpenReadAsync(BlobItem item, CancellationToken cancellationToken);
}
