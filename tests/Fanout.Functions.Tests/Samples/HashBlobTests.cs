using System.Text;
using System.Text.Json;
using Fanout.Azure;
using Fanout.Functions.Samples;
using Fanout.Handlers;
using Fanout.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Xunit;

namespace Fanout.Functions.Tests.Samples;

/// <summary>A test to be copied, of a handler and a reducer: neither an account nor a run is needed.</summary>
public sealed class HashBlobTests
{
    private static readonly BlobItem Abc = new("photos", "abc.txt", 3, "text/plain", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Blob_IsHashedAndMeasured()
    {
        var blobs = new Mock<IBlobReader>();
        blobs.Setup(reader => reader.OpenReadAsync(Abc, It.IsAny<CancellationToken>())).ReturnsAsync(() => new MemoryStream("abc"u8.ToArray()));
        var hashed = await new HashBlob(blobs.Object).HandleAsync(Abc, Context(), CancellationToken.None);
        // FIPS 180-4's example.
        Assert.Equal(new HashedBlob("abc.txt", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3), hashed);
    }

    [Fact]
    public async Task BlobOfManyPieces_IsReadToItsEnd()
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000)));
        var blobs = new Mock<IBlobReader>();
        blobs.Setup(reader => reader.OpenReadAsync(Abc, It.IsAny<CancellationToken>())).ReturnsAsync(() => new MemoryStream(content));
        var hashed = await new HashBlob(blobs.Object).HandleAsync(Abc, Context(), CancellationToken.None);
        Assert.Equal(content.Length, hashed.Bytes);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), hashed.Sha256);
    }

    [Fact]
    public void Totals_AddUpInAnyOrder()
    {
        var total = new TotalOfBlobs();
        var (one, two) = (total.Add(total.Zero, new HashedBlob("a", "", 3)), total.Add(total.Zero, new HashedBlob("b", "", 4)));
        Assert.Equal(new BlobTotal(2, 7), total.Merge(one, two));
        Assert.Equal(total.Merge(two, one), total.Merge(one, two));
        Assert.Equal(one, total.Merge(one, total.Zero));
    }

    [Fact]
    public void App_HasBothUnderTheirNames()
    {
        var fanout = new ServiceCollection().AddFanout().AddHashBlob();
        Assert.Contains("hashBlob", fanout.Registry.Handlers.Keys);
        Assert.Contains("totalOfBlobs", fanout.Registry.Reductions.Keys);
    }

    private static ItemContext Context() => new("r", new Item(0, JsonSerializer.SerializeToUtf8Bytes(Abc), IsText: false), attempt: 1, NullLogger.Instance);
}
