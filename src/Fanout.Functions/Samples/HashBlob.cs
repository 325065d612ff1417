using System.Security.Cryptography;
using Fanout.Azure;
using Fanout.Handlers;
using Fanout.Results;

namespace Fanout.Functions.Samples;

/// <summary>
/// A handler to be copied: the SHA-256 and the size of each blob of a listing, reduced to a total. The handler <c>hashBlob</c> goes with a source
/// <c>{ "kind": "blobs", "container": "photos" }</c>, the reducer <c>totalOfBlobs</c> with it.
/// </summary>
/// <param name="blobs">Opens blobs of the account that the app works with.</param>
public sealed class HashBlob(IBlobReader blobs) : IItemHandler<BlobItem, HashedBlob>
{
    /// <summary>Reads one blob to its end, without holding it in memory.</summary>
    public async ValueTask<HashedBlob> HandleAsync(BlobItem item, ItemContext context, CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenReadAsync(item, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        long bytes = 0;
        while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            bytes += read;
        }

        return new HashedBlob(item.Name, Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }
}

/// <summary>What is known of a blob: the output of <see cref="HashBlob"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">The SHA-256 of its content, in hexadecimal.</param>
/// <param name="Bytes">Its length.</param>
public sealed record HashedBlob(string Name, string Sha256, long Bytes);

/// <summary>All blobs together.</summary>
/// <param name="Blobs">How many.</param>
/// <param name="Bytes">Their length.</param>
public sealed record BlobTotal(long Blobs, long Bytes);

/// <summary>Adds blobs up: associative and commutative, so that the order in which they were hashed does not matter.</summary>
public sealed class TotalOfBlobs : IReducer<HashedBlob, BlobTotal>
{
    /// <inheritdoc/>
    public BlobTotal Zero { get; } = new(0, 0);

    /// <inheritdoc/>
    public BlobTotal Add(BlobTotal state, HashedBlob result) => new(state.Blobs + 1, state.Bytes + result.Bytes);

    /// <inheritdoc/>
    public BlobTotal Merge(BlobTotal left, BlobTotal right) => new(left.Blobs + right.Blobs, left.Bytes + right.Bytes);
}

/// <summary>Adds both to an app: a line of its <c>Program.cs</c>.</summary>
public static class HashBlobBuilderExtensions
{
    /// <summary>Adds the handler <c>hashBlob</c> and the reducer <c>totalOfBlobs</c>.</summary>
    public static FanoutBuilder AddHashBlob(this FanoutBuilder fanout)
    {
        ArgumentNullException.ThrowIfNull(fanout);
        return fanout.AddHandler<HashBlob>("hashBlob").AddReducer("totalOfBlobs", new TotalOfBlobs());
    }
}
