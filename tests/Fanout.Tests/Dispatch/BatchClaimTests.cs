using Fanout.Dispatch;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class BatchClaimTests : IDisposable
{
    private static readonly BatchInput Input = new("run", "b0001-l00-00000", new SourcePlan(10, null), 3, 10, [], 0, 1, 1);

    private readonly string _directory = Directory.CreateTempSubdirectory("fanout-claim-").FullName;
    private readonly FileResultStore _results;

    public BatchClaimTests() => _results = new FileResultStore(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task OfThoseWhoFoundTheSame_OneHasTheBatch()
    {
        var (first, second) = (new BatchClaim(_results, Input), new BatchClaim(_results, Input));
        Assert.True(await first.TryMakeAsync(null, isAlone: false, DateTimeOffset.UnixEpoch));
        Assert.False(await second.TryMakeAsync(null, isAlone: false, DateTimeOffset.UnixEpoch));
        Assert.Equal((1L, false), (first.Epoch, second.IsMade));
        // Whoever is tried again has it still, whatever it has come to since.
        Assert.True(await first.TryMakeAsync(await FindAsync(), isAlone: false, DateTimeOffset.UnixEpoch));
        Assert.Equal(1, first.Epoch);
    }

    [Fact]
    public async Task WhoTakesABatchOver_OutranksItsPredecessorAndKeepsWhatThatHasDone()
    {
        var dead = new BatchClaim(_results, Input);
        await dead.TryMakeAsync(null, isAlone: false, DateTimeOffset.UnixEpoch);
        await (BatchCheckpoint.Start(Input) with { Next = 7, Survived = true }).WriteAsync(_results, "run", Input.Key, dead.Epoch);
        var successor = new BatchClaim(_results, Input);
        Assert.True(await successor.TryMakeAsync(await FindAsync(), isAlone: true, DateTimeOffset.UnixEpoch.AddDays(1)));
        var found = (await FindAsync())!;
        Assert.Equal((2L, 7L, true, false), (found.Epoch, found.Next, found.IsAlone, found.Survived));
        Assert.Equal((successor.Epoch, DateTimeOffset.UnixEpoch.AddDays(1)), (found.Epoch, found.At));
    }

    private ValueTask<BatchCheckpoint?> FindAsync() => BatchCheckpoint.FindAsync(_results, "run", Input.Key);
}
