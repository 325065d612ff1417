using System.Globalization;
using Azure.Storage.Blobs;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

/// <summary>What every source that reads a blob where it stands promises besides. Each text is a blob of its own until one is put in its place.</summary>
[Trait("Category", Categories.Azurite)]
public abstract class BlobSourceContract(TextKind kind) : TextSourceContract(kind), IAsyncLifetime
{
    private AzureStorage? _storage;

    protected AzureStorage Storage => _storage ?? throw new InvalidOperationException("Not initialized.");

    protected BlobClient Blob => Storage.Container.GetBlobClient("2026/é a.txt");

    protected override int Iterations => 25;

    protected override IRemoteSources Remote => new AzureSources(Storage);

    protected override string SaysMissing => string.Create(
        CultureInfo.InvariantCulture, $"There is no blob '{Storage.Hub}/2026/é a.txt' in storage account 'devstoreaccount1'");

    protected override string SaysGone => "changed or was deleted since the run was planned";

    public async Task InitializeAsync()
    {
        _storage = (await Azurite.SharedAsync()).NewHub();
        await _storage.Container.CreateAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task OtherContentOfTheSameSize_IsRefusedByEveryStepButPlanning()
    {
        var (source, plan, workspace) = await Planned(2_000);
        await PutTheSameAgainAsync();
        var error = await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        Assert.Contains("changed since the run was planned: its ETag was", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None));
        Assert.Contains(SaysGone, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BlobChangedOrDeletedWhileItIsRead_IsRefused(bool changed)
    {
        var settings = new ScanSettings { BlockBytes = 256, Ranges = new RangeSettings { FirstBytes = 1_000, UnexpectedBytes = 1_000, LargestBytes = 1_000 } };
        var source = Create(Arrange(Samples(2_000)), settings);
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        await using var reader = await source.OpenAsync(plan, workspace, 0, plan.ItemCount, CancellationToken.None);
        if (changed)
            await PutTheSameAgainAsync();
        else
            await Blob.DeleteAsync();

        await Assert.ThrowsAsync<SourceException>(async () =>
        {
            while (await reader.WaitToReadAsync(CancellationToken.None))
            {
                while (reader.TryRead(out _))
                {
                }
            }
        });
    }

    protected override string Put(byte[] text)
    {
        Blob.Upload(new BinaryData(text), overwrite: true);
        return $"blob://{Storage.Hub}/{Blob.Name}";
    }

    protected override void Delete() => Blob.Delete();

    private async Task PutTheSameAgainAsync() => await Blob.UploadAsync((await Blob.DownloadContentAsync()).Value.Content, overwrite: true);
}
