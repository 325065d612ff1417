using System.Collections.Concurrent;
using System.Text.Json;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Serialization;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>When a batch writes what. Its first item ends at once, the second when the test says.</summary>
public sealed class PartJournalTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly DateTimeOffset _begin;
    private readonly Mock<IResultStore> _store = new();
    private readonly Mock<IPartWriter> _part = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(TimeSpan At, BatchCheckpoint Checkpoint)> _checkpoints = new();
    private readonly ConcurrentQueue<(TimeSpan At, int Bytes)> _appends = new();
    private int _parts;

    public PartJournalTests()
    {
        _begin = _time.GetUtcNow();
        _part.Setup(writer => writer.AppendAsync(It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>()))
            .Callback((ReadOnlyMemory<byte> bytes, CancellationToken _) => _appends.Enqueue((_time.GetUtcNow() - _begin, bytes.Length)));
        _store.Setup(store => store.ListDocumentsAsync("run", It.IsAny<string>(), It.IsAny<CancellationToken>())).Returns(AsyncEnumerable.Empty<string>());
        _store.Setup(store => store.CreatePartAsync("run", It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Callback(() => _parts++).ReturnsAsync(_part.Object);
        _store.Setup(store => store.WriteDocumentAsync("run", It.IsAny<string>(), It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>()))
            .Callback((string _, string _, ReadOnlyMemory<byte> content, CancellationToken _) =>
                _checkpoints.Enqueue((_time.GetUtcNow() - _begin, JsonSerializer.Deserialize<BatchCheckpoint>(content.Span, FanoutJson.Options)!)));
    }

    [Theory]
    [InlineData(false, 1_000)]
    [InlineData(true, 250)]
    public async Task FirstWrite_IsTheCheckpointAfterItsInterval_OrAQuarterOfItWhereWritesAreFree(bool writesAreFree, int milliseconds)
    {
        _store.SetupGet(store => store.WritesAreFree).Returns(writesAreFree);
        await using var rig = Rig();
        var work = rig.WorkAsync(0, 2);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().Succeeded == 1);
        for (var passed = 0; passed < milliseconds; passed += 50)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await BatchRig.UntilAsync(() => !_checkpoints.IsEmpty);
        var (at, checkpoint) = Assert.Single(_checkpoints);
        Assert.Equal((milliseconds, 1L, 1), (at.TotalMilliseconds, checkpoint.Tally.Succeeded, checkpoint.Unsettled.Count));
        Assert.Equal((at, checkpoint.Parts[0].Length), Assert.Single(_appends));
        _end.SetResult();
        await work;
    }

    [Fact]
    public async Task LinesThatHaveGathered_AreAppendedBeforeTheInterval_WithoutACheckpoint()
    {
        await using var rig = Rig(output: $"\"{new string('x', PartBuffer.WakeAt)}\"");
        var work = rig.WorkAsync(0, 2);
        await BatchRig.UntilAsync(() => !_appends.IsEmpty);
        _end.SetResult();
        await work;
        Assert.Equal((2, BatchEnd.RangeDone), (_appends.Count, Assert.Single(_checkpoints).Checkpoint.Ending!.End));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task BatchThatTookNothing_WritesNothing_ButThatItIsOverWhereItMayBeDeliveredAgain(bool lanesShareProcess, int checkpoints)
    {
        await using var rig = Rig(lanesShareProcess: lanesShareProcess);
        Assert.Equal(BatchEnd.RangeDone, (await rig.WorkAsync(2, 2)).End);
        Assert.Equal((checkpoints, 0), (_checkpoints.Count, _parts));
        Assert.All(_checkpoints, written => Assert.Equal(BatchEnd.RangeDone, written.Checkpoint.Ending!.End));
    }

    [Theory]
    [InlineData(KeepResults.None, true)]
    [InlineData(KeepResults.None, false)]
    [InlineData(KeepResults.Failures, true)]
    public async Task BatchThatKeepsNoResults_HasNoPart_AndACheckpointAllTheSame(KeepResults keep, bool lanesShareProcess)
    {
        await using var rig = Rig(keep: keep, lanesShareProcess: lanesShareProcess);
        _end.SetResult();
        Assert.Equal(2, (await rig.WorkAsync(0, 2)).Tally.Succeeded);
        var last = Assert.Single(_checkpoints).Checkpoint;
        Assert.Equal((2L, 2L, 0, 0), (last.Next, last.Tally.Succeeded, last.Parts.Count, _parts));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunThatIsHeldUpWhileTheLastCheckpointIsWritten_DoesNotChangeWhatThatSays(bool stops)
    {
        await using var rig = Rig();
        _store.Setup(store => store.WriteDocumentAsync("run", It.IsAny<string>(), It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>()))
            .Callback(() => rig.Scope.Apply(new RunControl(1, Paused: !stops, Stop: stops ? CompletionReason.SourceFailed : null)));
        _end.SetResult();
        var result = await rig.WorkAsync(0, 2);
        Assert.False(rig.Scope.Gate.IsOpen);
        Assert.Equal((BatchEnd.RangeDone, null, 2L), (result.End, result.Stop, result.Tally.Succeeded));
    }

    [Fact]
    public async Task WriteThatFails_IsTheLast_ThoughTheNextWouldNot()
    {
        var full = new StorageException("The disk is full.");
        var fails = true;
        _part.Setup(writer => writer.SyncAsync(It.IsAny<CancellationToken>())).Callback(() =>
        {
            if (fails)
            {
                fails = false;
                throw full;
            }
        });
        await using var rig = Rig();
        var work = rig.WorkAsync(0, 2);
        await BatchRig.UntilAsync(() => rig.Scope.Observe().Succeeded == 1);
        _time.Advance(Second);
        await BatchRig.UntilAsync(() => !fails);
        _end.SetResult();
        Assert.Same(full, await Assert.ThrowsAsync<StorageException>(() => work));
        Assert.Empty(_checkpoints);
    }

    [Fact]
    public async Task WriteThatFails_LeavesNobodyWaitingForIt()
    {
        var full = new StorageException("The disk is full.");
        _part.Setup(writer => writer.AppendAsync(It.IsAny<ReadOnlyMemory<byte>>(), It.IsAny<CancellationToken>())).Throws(full);
        // So much waits to be written that the next item is not taken before it is.
        await using var rig = Rig(output: $"\"{new string('x', PartBuffer.HoldAt)}\"");
        Assert.Same(full, await Assert.ThrowsAsync<StorageException>(() => rig.WorkAsync(0, 2)));
    }

    private BatchRig Rig(string output = "1", KeepResults keep = KeepResults.All, bool lanesShareProcess = true)
    {
        var batch = new BatchSpec { Slice = TimeSpan.FromMinutes(5), Checkpoint = Second };
        return new BatchRig(BatchRig.Range(2, new FlowSpec { Concurrency = 1 }, batch: batch, results: new ResultsSpec { Keep = keep }), async (context, _) =>
        {
            if (context.Index == 1)
                await _end.Task;
            return output;
        }, _time, lanesShareProcess: lanesShareProcess, results: _store.Object);
    }
}
