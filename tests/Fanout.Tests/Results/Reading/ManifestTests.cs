using System.Text.Json;
using Fanout.Results;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Results.Reading;

public sealed class ManifestTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private static readonly RunRecord Run = new() { Id = "run", SpecJson = "{}", CreatedAt = DateTimeOffset.UnixEpoch };

    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Manifest_RoundTripsWithItsPartsInOrder()
    {
        PartRef first = new("a.jsonl", 10, 1, 0, 0), second = new("b.jsonl", 20, 2, 5, 9);
        var report = new RunReport
        {
            RunId = "run",
            Status = RunStatus.CompletedWithFailures,
            Reason = CompletionReason.AllItemsSettled,
            Tally = new Tally { Succeeded = 2, Failed = 1, Attempts = 3, Errors = [new ErrorGroup("T", "#", 1, 5, "5")], Reduced = "7" },
            Reduced = JsonDocument.Parse("7").RootElement,
        };
        await new Manifest("run", JsonDocument.Parse("""{"handler":"x"}""").RootElement, report, [second, first]).WriteAsync(_temporary.Store, Never);

        var read = await Manifest.ReadAsync(_temporary.Store, "run", Never);
        Assert.Equal([first, second], read!.Parts);
        Assert.Equal(report.Tally, read.Report.Tally);
        Assert.Equal((RunStatus.CompletedWithFailures, "7"), (read.Report.Status, read.Report.Reduced?.GetRawText()));
        Assert.Equal("""{"handler":"x"}""", read.Spec.GetRawText());
        Assert.Equal([first, second], await new ResultReader(_temporary.Store).FindPartsAsync(Run, Never));
    }

    [Fact]
    public async Task RunThatHasNotEnded_HasThePartsOfItsBranches()
    {
        PartRef first = new("a.jsonl", 10, 1, 0, 0), second = new("b.jsonl", 20, 2, 5, 9);
        await new BranchManifest("run:b0001", [], Tally.Zero).WriteAsync(_temporary.Store, "run", Never);
        await new BranchManifest("run:b0001", [first], Tally.Zero).WriteAsync(_temporary.Store, "run", Never);
        await new BranchManifest("run:b0002", [second], Tally.Zero).WriteAsync(_temporary.Store, "run", Never);

        var parts = await new ResultReader(_temporary.Store).FindPartsAsync(Run, Never);
        Assert.Equal([first, second], parts.OrderBy(part => part.FirstIndex));
        Assert.Equal([first], (await BranchManifest.ReadAsync(_temporary.Store, "run", "run:b0001", Never))!.Parts);
        Assert.Null(await BranchManifest.ReadAsync(_temporary.Store, "run", "run:b0003", Never));
        Assert.True(File.Exists(Path.Combine(_temporary.Root, "run", "branches", "b0001.json")));
    }

    [Fact]
    public async Task RunThatHasEnded_AndHasNoManifest_HasNoResultsAnyMore()
    {
        await new BranchManifest("run:b0001", [new PartRef("a.jsonl", 10, 1, 0, 0)], Tally.Zero).WriteAsync(_temporary.Store, "run", Never);
        var ended = Run with { Report = new RunReport { RunId = "run", Status = RunStatus.Succeeded, Reason = CompletionReason.AllItemsSettled, Tally = Tally.Zero } };
        var gone = await Assert.ThrowsAsync<RunException>(() => new ResultReader(_temporary.Store).FindPartsAsync(ended, Never));
        Assert.True(gone.IsMissing);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"parts\":3}")]
    [InlineData("{")]
    public async Task DamagedManifest_IsNamed(string json)
    {
        await _temporary.Store.WriteDocumentAsync("run", "manifest.json", System.Text.Encoding.UTF8.GetBytes(json), Never);
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await Manifest.ReadAsync(_temporary.Store, "run", Never));
        Assert.Contains("'manifest.json' of run 'run'", failure.Message, StringComparison.Ordinal);
    }
}
