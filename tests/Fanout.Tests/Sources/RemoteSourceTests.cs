using System.Text;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class RemoteSourceTests
{
    [Fact]
    public async Task RangeInTheMiddle_ReadsOnlyItsPart()
    {
        var remote = new MemoryRemote(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i:D8}\n"))));
        var source = SourceReading.Factory(remote: remote).Create(new LinesSourceSpec { Path = "blob://texts/a" });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        var before = remote.BytesRead;
        var items = await source.Read(plan, workspace, 50_000, 51_000);
        Assert.Equal("line 00050000", items[0].Value);
        Assert.Equal(1_000, items.Count);
        // Two cells of the index at most are read in vain.
        Assert.InRange(remote.BytesRead - before, 14_000, 14_000 + (2 * 64 * 1024));
    }

    [Fact]
    public async Task OtherVersionOfTheSameSize_IsRefused()
    {
        var remote = new MemoryRemote("a\nb\n"u8.ToArray());
        var source = SourceReading.Factory(remote: remote).Create(new LinesSourceSpec { Path = "blob://texts/a" });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        await source.VerifyAsync(plan, workspace, CancellationToken.None);
        remote.Tag = "other";
        var error = await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        Assert.Equal("blob 'a' changed since the run was planned: its ETag was \"0x1:2\" and is other. Restore it as it was, or start a new run.", error.Message);
    }

    [Fact]
    public async Task PlanOfAFile_IsNoPlanOfABlob()
    {
        var source = SourceReading.Factory(remote: new MemoryRemote([])).Create(new LinesSourceSpec { Path = "blob://texts/a" });
        var plan = new SourcePlan(1, "- 10 10:5:abc");
        var error = await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, new MemoryWorkspace(), CancellationToken.None));
        Assert.Contains("was written by another version of Fanout", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blob://texts/a.jsonl")]
    [InlineData("https://orders.blob.core.windows.net/texts/a.jsonl.gz")]
    public void WithoutAStorageAccount_BlobsAreRefused(string path)
    {
        var error = Assert.Throws<SourceException>(() => SourceReading.Factory().Create(new JsonlSourceSpec { Path = path }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("Connect one with --storage azure:CONNECTION.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<SourceException>(() => SourceReading.Factory().Create(new BlobsSourceSpec { Container = "texts" }));
        Assert.Contains("--storage", error.Message, StringComparison.Ordinal);
    }
}
