using System.IO.Compression;
using System.Text;
using CsCheck;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

[Trait("Category", Categories.Azurite)]
public sealed class GzipBlobTests : SourceContract, IAsyncLifetime
{
    private AzureStorage? _storage;

    protected override Gen<string> GenItem => TextKind.Jsonl.GenItem;

    protected override int Iterations => 25;

    protected override IRemoteSources Remote => new AzureSources(_storage!);

    public async Task InitializeAsync()
    {
        _storage = (await Azurite.SharedAsync()).NewHub();
        await _storage.Container.CreateAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ChangeOfTheOriginalAfterPlanning_IsOfNoConsequence()
    {
        var (source, plan, workspace) = await Planned(10);
        await _storage!.Container.DeleteBlobAsync("a.jsonl.gz");
        await source.VerifyAsync(plan, workspace, CancellationToken.None);
        Assert.Equal(10, (await source.Read(plan, workspace, 0, 10)).Count);
    }

    [Fact]
    public async Task BlobThatIsCutOff_IsRefused()
    {
        var bytes = Compress("1\n2\n");
        var source = Create(Upload(bytes[..^1]));
        var error = await Assert.ThrowsAsync<SourceException>(() => source.Plan(new MemoryWorkspace()));
        Assert.Contains("is not gzip, or is damaged or cut off", error.Message, StringComparison.Ordinal);
    }

    protected override SourceSpec Arrange(IReadOnlyList<string> items) => Upload(Compress(TextKind.Jsonl.Write(items)));

    private static byte[] Compress(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    private JsonlSourceSpec Upload(byte[] bytes)
    {
        _storage!.Container.GetBlobClient("a.jsonl.gz").Upload(new BinaryData(bytes), overwrite: true);
        return new JsonlSourceSpec { Path = $"blob://{_storage.Hub}/a.jsonl.gz" };
    }
}
