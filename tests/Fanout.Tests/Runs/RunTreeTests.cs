using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Tests.Results;
using Xunit;

namespace Fanout.Tests.Runs;

public sealed class RunTreeTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task RunUnderWay_HasTheErrorsOfItsClosedBranches_AndOfAllBatchesOfItsOpenOnes()
    {
        await new BranchManifest("b0001", [], Failed(("Timeout", 5))).WriteAsync(_temporary.Store, "run", Never);
        await WriteAsync("b0001-l00-00000", 1, ("Timeout", 5));
        await WriteAsync("b0002-l00-00000", 1, ("Timeout", 1));
        await WriteAsync("b0002-l00-00001", 1, ("Refused", 9));
        await WriteAsync("b0002-l00-00001", 2, ("Refused", 2), ("Timeout", 1));
        await WriteAsync("b0002-l01-00000", 1, ("Refused", 1));

        var tree = await RunTree.ReadAsync(_temporary.Store, "run", Never);

        Assert.Equal([("Timeout", 7L), ("Refused", 3L)], tree.Errors.Select(group => (group.Type, group.Count)));
        Assert.Equal(["b0001", "b0002"], tree.Branches.Select(branch => branch.Id));
        Assert.Equal([("b0002-l00-00001", 3L), ("b0002-l01-00000", 1L)], tree.Branches[1].Batches.Select(batch => (batch.Key, batch.Unsuccessful)));
    }

    [Fact]
    public async Task RunThatHasWrittenNothing_HasNoErrors() => Assert.Empty((await RunTree.ReadAsync(_temporary.Store, "run", Never)).Errors);

    private ValueTask WriteAsync(string key, long epoch, params (string Type, long Count)[] errors) =>
        new BatchCheckpoint([], 0, [], Failed(errors)).WriteAsync(_temporary.Store, "run", key, epoch);

    private static Tally Failed(params (string Type, long Count)[] errors) => new()
    {
        Failed = errors.Sum(error => error.Count),
        Errors = [.. errors.Select(error => new ErrorGroup(error.Type, "It broke", error.Count, 1, "It broke"))],
    };
}
