namespace Fanout.Azure;

/// <summary>An item of a <c>blobs</c> source, for handlers that take it as an object; <see cref="IBlobReader"/> opens it.</summary>
/// <param name="Container">The blob's container, in the storage account that is connected.</param>
/// <param name="Name">The blob's name.</param>
/// <param name="Size">Its bytes when it was listed.</param>
/// <param name="ContentType">Its content type; empty: it has none.</param>
/// <param name="LastModified">When it was last written, when it was listed.</param>
public sealed record BlobItem(string Container, string Name, long Size, string ContentType, DateTimeOffset LastModified);
