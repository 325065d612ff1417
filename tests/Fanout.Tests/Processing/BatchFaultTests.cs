using Fanout.Processing;
using Fanout.Results;
using Fanout.Sources;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What goes wrong beside the handlers: storage, sources, and what is a defect.</summary>
public sealed class BatchFaultTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StorageThatFails_IsThrown_AndIsNoFaultOfTheRun(bool atOnce)
    {
        var part = new Mock<IPartWriter>();
        var full = new StorageException("The disk is full.");
        part.Setup(writer => writer.SyncAsync(It.IsAny<CancellationToken>())).Throws(full);
        var results = new Mock<IResultStore>();
        results.Setup(store => store.CreatePartAsync("run", It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync(part.Object);
        results.Setup(store => store.ListDocumentsAsync("run", It.IsAny<string>(), It.IsAny<CancellationToken>())).Returns(AsyncEnumerable.Empty<string>());
        await using var rig = new BatchRig(
            BatchRig.Range(atOnce ? 10 : 1_000_000, batch: new BatchSpec { Checkpoint = TimeSpan.FromMilliseconds(100), Slice = TimeSpan.FromMinutes(5) }),
            async (_, cancellationToken) =>
            {
                if (!atOnce)
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
                return "1";
            },
            results: results.Object);

        Assert.Same(full, await Assert.ThrowsAsync<StorageException>(() => rig.WorkAsync(0, atOnce ? 10 : 1_000_000)));

        Assert.Equal((true, 0), (rig.Scope.Gate.IsOpen, rig.PersistedStops.Count));
    }

    [Fact]
    public async Task SourceThatFails_StopsTheRun_InItsOwnWords()
    {
        await using var rig = new BatchRig(BatchRig.Range(100), (_, _) => ValueTask.FromResult<string?>(null));
        var result = await WorkFromAsync(rig, new SourceException("The bucket is gone."));
        Assert.Equal((BatchEnd.Stopped, CompletionReason.SourceFailed, "The bucket is gone."), (result.End, result.Stop, result.Message));
        Assert.Equal((CompletionReason.SourceFailed, "The bucket is gone."), Assert.Single(rig.PersistedStops));
        Assert.Equal((3, 3), (result.Tally.Succeeded, result.Next));
    }

    [Fact]
    public async Task StorageThatASourceReadsFrom_IsNoFaultOfTheRunEither_AndWhatIsSettledIsToBeGoneOnFrom()
    {
        await using var rig = new BatchRig(BatchRig.Range(100), (_, _) => ValueTask.FromResult<string?>(null));
        var gone = new StorageException("The disk is gone.");
        Assert.Same(gone, await Assert.ThrowsAsync<StorageException>(() => WorkFromAsync(rig, gone)));
        Assert.Equal((true, 0), (rig.Scope.Gate.IsOpen, rig.PersistedStops.Count));
        var left = await BatchCheckpoint.FindAsync(rig.Results, "run", "b0001-l00-00000");
        Assert.Equal((3L, 3L, null), (left!.Next, left.Tally.Succeeded, left.Ending));
    }

    [Fact]
    public async Task Defect_StopsTheRun_AndIsNamed()
    {
        await using var rig = new BatchRig(BatchRig.Range(100), (_, _) => ValueTask.FromResult<string?>(null));
        var result = await WorkFromAsync(rig, new InvalidOperationException("Boom."));
        Assert.Equal((BatchEnd.Stopped, CompletionReason.InternalFailure, "InvalidOperationException: Boom."), (result.End, result.Stop, result.Message));
        Assert.Equal(3, result.Tally.Succeeded);
    }

    [Theory]
    [InlineData(Worker.MaxOutputBytes, null)]
    [InlineData(Worker.MaxOutputBytes + 1, "The result has 1,048,577 bytes; at most 1,048,576 are kept. Store it elsewhere and return where.")]
    public async Task ResultOfAnItem_MayBeAMebibyte(int bytes, string? message)
    {
        await using var rig = new BatchRig(BatchRig.Range(1), (_, _) => ValueTask.FromResult<string?>($"\"{new string('x', bytes - 2)}\""));
        var result = await rig.WorkAsync(0, 1);
        var line = Assert.Single(await rig.ReadAsync(result));
        Assert.Equal((message is null ? OutcomeStatus.Succeeded : OutcomeStatus.Failed, message), (line.Status, line.Error?.Message));
        Assert.Equal(message is null ? null : "ResultTooLarge", line.Error?.Type);
    }

    [Fact]
    public async Task ItemThatIsNoJson_FailsAlone_AndSaysWhere()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "{\"a\":1}\n{\"a\":\n\n[1,2]\n");
        await using (var rig = new BatchRig(BatchRig.Range(1) with { Source = new JsonlSourceSpec { Path = path } }, (_, _) => ValueTask.FromResult<string?>(null)))
        {
            var plan = await rig.PlanAsync();
            var result = await rig.WorkAsync(0, plan.ItemCount);
            Assert.Equal((2L, 1L), (result.Tally.Succeeded, result.Tally.Failed));
            var error = (await rig.ReadAsync(result)).Single(line => line.Status == OutcomeStatus.Failed).Error!;
            Assert.Equal("MalformedItem", error.Type);
            Assert.StartsWith("Line 2 is not valid JSON: ", error.Message, StringComparison.Ordinal);
        }

        File.Delete(path);
    }

    [Fact]
    public async Task ItemThatItsSourceFindsFaultWith_IsNotHandled()
    {
        var handled = 0;
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, [(byte)'a', (byte)'\n', 0xff, (byte)'\n']);
        await using (var rig = new BatchRig(BatchRig.Range(1) with { Source = new LinesSourceSpec { Path = path } }, (_, _) =>
        {
            Interlocked.Increment(ref handled);
            return ValueTask.FromResult<string?>(null);
        }))
        {
            await rig.PlanAsync();
            var result = await rig.WorkAsync(0, 2);
            Assert.Equal((1L, 1L, 1), (result.Tally.Succeeded, result.Tally.Failed, handled));
            Assert.Contains("line 2", (await rig.ReadAsync(result))[1].Error!.Message, StringComparison.OrdinalIgnoreCase);
        }

        File.Delete(path);
    }

    [Fact]
    public void ItemThatKilledItsWorkers_SaysHowOften() =>
        Assert.Equal(
            new ItemError("WorkerCrashed", "The item crashed its worker 5 times, alone in it each time; it is not tried again."), ItemErrors.WorkerCrashed(5));

    // Three items, and then what is thrown.
    private static async Task<BatchResult> WorkFromAsync(BatchRig rig, Exception failure)
    {
        await rig.InterceptReadersAsync(async (open, start, _) => new FailingReader(await open(start, start + 3), failure));
        var work = rig.WorkAsync(0, 100);
        await Task.WhenAny(work);
        // Whoever met with it gives its slot back too.
        await BatchRig.UntilAsync(() => rig.Scope.Pool.InUse == 0);
        return await work;
    }

    private sealed class FailingReader(IItemReader inner, Exception failure) : IItemReader
    {
        public bool TryRead(out Item item) => inner.TryRead(out item);

        public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => await inner.WaitToReadAsync(cancellationToken) ? true : throw failure;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
