using Fanout.Processing;
using Fanout.Results;
using Fanout.Tests.Results;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class BatchCheckpointTests : IDisposable
{
    private const string First = "b0001-l00-00000";
    private const string Second = "b0001-l00-00001";
    private const string Other = "b0002-l00-00000";

    private readonly TemporaryStore _temporary = new();

    [Fact]
    public async Task NewestExecution_Counts()
    {
        Assert.Null(await BatchCheckpoint.FindAsync(_temporary.Store, "run", First));
        await WriteAsync(First, epoch: 9, next: 90);
        await WriteAsync(First, epoch: 10, next: 100);
        await WriteAsync(First, epoch: 2, next: 20);
        await WriteAsync(Second, epoch: 11, next: 110);

        var found = await BatchCheckpoint.FindAsync(_temporary.Store, "run", First);

        Assert.Equal((100L, 10L), (found!.Next, found.Epoch));
        Assert.Equal([(20L, 2L), (90L, 9L), (100L, 10L)], (await BatchCheckpoint.FindAllAsync(_temporary.Store, "run", First)).Select(one => (one.Next, one.Epoch)));
        Assert.Empty(await BatchCheckpoint.FindAllAsync(_temporary.Store, "run", Other));
    }

    [Fact]
    public async Task CheckpointThatIsDeletedWhileItIsLookedFor_IsNone()
    {
        await WriteAsync(First, epoch: 1, next: 10);
        Assert.Null(await BatchCheckpoint.ReadAsync(_temporary.Store, "run", BatchCheckpoint.DocumentName(First, 2)));
        Assert.Equal((10L, 1L), await BatchCheckpoint.ReadAsync(_temporary.Store, "run", BatchCheckpoint.DocumentName(First, 1)) is { } found ? (found.Next, found.Epoch) : default);
    }

    [Fact]
    public async Task Batches_AreFoundWithTheirNewestExecution()
    {
        await WriteAsync(First, 1, 1);
        await WriteAsync(First, 2, 2);
        await WriteAsync(Other, 1, 3);
        var found = await BatchCheckpoint.FindNewestAsync(_temporary.Store, "run", CancellationToken.None);
        Assert.Equal([(First, BatchCheckpoint.DocumentName(First, 2)), (Other, BatchCheckpoint.DocumentName(Other, 1))], found.OrderBy(one => one.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task BatchesOfABranchThatIsClosed_AreCountedThere()
    {
        await WriteAsync(First, 1, 1);
        await WriteAsync(Second, 1, 2);
        await WriteAsync(Other, 1, 3);
        Assert.Equal([1L, 2, 3], await NextsAsync());
        Assert.Equal([3L], await NextsAsync("b0001"));
        Assert.Equal([1L, 2], await NextsAsync("b0002", "b0003"));
        Assert.Empty(await NextsAsync("b0001", "b0002"));
        // A branch whose name another's begins with.
        Assert.Equal([1L, 2, 3], await NextsAsync("b000"));
    }

    [Fact]
    public async Task Deleted_AreAllExecutionsOfTheseBatches_AndNoOthers()
    {
        await WriteAsync(First, 1, 1);
        await WriteAsync(First, 2, 2);
        await WriteAsync(Second, 1, 3);
        await BatchCheckpoint.DeleteAsync(_temporary.Store, "run", [First, Other]);
        Assert.Equal([3L], await NextsAsync());
    }

    [Fact]
    public async Task SecondExecutionOfAnEpoch_IsToldThatItIsNotTheOne()
    {
        var checkpoint = new BatchCheckpoint([], 1, [], Tally.Zero);
        Assert.True(await checkpoint.TryCreateAsync(_temporary.Store, "run", First, 1));
        Assert.False(await (checkpoint with { Next = 2 }).TryCreateAsync(_temporary.Store, "run", First, 1));
        Assert.True(await checkpoint.TryCreateAsync(_temporary.Store, "run", First, 2));
        Assert.Equal([1L], await NextsAsync());
    }

    [Fact]
    public void EndingThatIsKnown_IsTheResult()
    {
        var checkpoint = new BatchCheckpoint([new PartRef("a", 1, 1, 0, 0)], 7, [new PendingItem(3, 1, null)], Tally.Zero with { Succeeded = 6 }) { PaceArrival = DateTimeOffset.UnixEpoch };
        Assert.Null(BatchEnding.ResultOf(checkpoint));
        var result = BatchEnding.ResultOf(checkpoint with { Ending = new BatchEnding(BatchEnd.Stopped, 2.5, CompletionReason.ToleranceExceeded, "Too many.", 4) })!;
        Assert.Equal((BatchEnd.Stopped, 2.5, CompletionReason.ToleranceExceeded, "Too many.", 4L), (result.End, result.ItemsPerSecond, result.Stop, result.Message, result.ControlVersion));
        Assert.Equal((7L, 6L, DateTimeOffset.UnixEpoch), (result.Next, result.Tally.Succeeded, result.PaceArrival));
        Assert.Equal((3L, "a"), (Assert.Single(result.Pending).Index, Assert.Single(result.Parts).Name));
    }

    public void Dispose() => _temporary.Dispose();

    private ValueTask WriteAsync(string key, long epoch, long next) => new BatchCheckpoint([], next, [], Tally.Zero).WriteAsync(_temporary.Store, "run", key, epoch);

    private async Task<IEnumerable<long>> NextsAsync(params string[] closed) =>
        (await BatchCheckpoint.ReadAllAsync(_temporary.Store, "run", [.. closed.Select(branch => new BranchManifest(branch, [], Tally.Zero))], CancellationToken.None))
            .Select(checkpoint => checkpoint.Next).Order();
}
