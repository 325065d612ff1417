using Azure;

namespace Fanout.Azure;

/// <summary>What one request for a range brought.</summary>
/// <param name="Read">Bytes read; fewer than asked for only at the blob's end.</param>
/// <param name="BlobLength">The whole blob's bytes at that moment; null: the range began behind its end.</param>
/// <param name="ETag">Which state of the blob it was.</param>
internal readonly record struct BlobPiece(int Read, long? BlobLength, ETag ETag);
