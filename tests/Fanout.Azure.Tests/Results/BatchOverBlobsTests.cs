using Fanout.Azure.Tests.Support;
using Fanout.Processing;
using Fanout.Tests.Processing;
using Xunit;

namespace Fanout.Azure.Tests.Results;

[Trait("Category", Categories.Azurite)]
public sealed class BatchOverBlobsTests
{
    [Fact]
    public async Task BatchOfAThousandShortItems_CostsAHandfulOfRequests()
    {
        using var faulty = new FaultyTransport();
        var hub = await HubAsync(faulty);
        await using var rig = new BatchRig(BatchRig.Range(1_000), (_, _) => ValueTask.FromResult<string?>("1"), results: new BlobResultStore(hub));
        var log = new RequestLog(faulty);
        var result = await rig.WorkAsync(0, 1_000);
        // Is there a checkpoint, the part, what it holds, the checkpoint that counts it. On a slow machine a checkpoint more may fall due.
        Assert.InRange(log.Requests.Count, 4, 8);
        Assert.Equal(1_000, (await rig.ReadAsync(result)).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RequestsThatGoWrongNowAndThen_LeaveEveryItemWithOneOutcome(int seed)
    {
        using var faulty = FaultyTransport.Seeded(seed, share: 0.2);
        var hub = await HubAsync(faulty);
        var batch = new BatchSpec { Slice = TimeSpan.FromMinutes(1), Checkpoint = TimeSpan.FromMilliseconds(20) };
        await using var rig = new BatchRig(BatchRig.Range(2_000, batch: batch), async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, token);
            return "1";
        }, results: new BlobResultStore(hub));
        var result = await rig.WorkAsync(0, 2_000);
        Assert.Equal(BatchEnd.RangeDone, result.End);
        faulty.Heal();
        Assert.Equal(Enumerable.Range(0, 2_000).Select(index => (long)index), (await rig.ReadAsync(result)).Select(line => line.Index));
    }

    [Fact]
    public async Task AccountThatIsGoneInTheMiddle_EndsTheBatchAsStorage_AndTheNextExecutionGoesOnFromTheCheckpoint()
    {
        const int Items = 4_000;
        using var faulty = new FaultyTransport();
        var hub = await HubAsync(faulty, attempts: 2);
        var handled = 0;
        var batch = new BatchSpec { Slice = TimeSpan.FromMinutes(1), Checkpoint = TimeSpan.FromMilliseconds(20) };
        await using var rig = new BatchRig(BatchRig.Range(Items, batch: batch), async (_, token) =>
        {
            Interlocked.Increment(ref handled);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, token);
            return "1";
        }, results: new BlobResultStore(hub));
        var (hasLines, checkpoints) = (false, 0);
        faulty.Script(request =>
        {
            hasLines |= RequestLog.NameOf(request) == "PUT appendblock";
            // The first checkpoint that counts lines is let through, and nothing after it but what comes before the next.
            if (hasLines && request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.Contains("/lanes/", StringComparison.Ordinal))
                checkpoints++;
            return checkpoints > 1 ? Fault.Answer(503, "ServerBusy") : null;
        });
        var failure = await Assert.ThrowsAsync<StorageException>(() => rig.WorkAsync(0, Items));
        Assert.Contains("503 ServerBusy", failure.Message, StringComparison.Ordinal);

        faulty.Heal();
        handled = 0;
        rig.Restart();
        var result = await rig.WorkAsync(0, Items, epoch: 2);
        Assert.Equal(Items, result.Tally.Settled);
        Assert.Equal(Enumerable.Range(0, Items).Select(index => (long)index), (await rig.ReadAsync(result)).Select(line => line.Index));
        Assert.InRange(handled, 0, Items - 1);
    }

    private static async Task<AzureStorage> HubAsync(FaultyTransport faulty, int attempts = 8)
    {
        var hub = (await Azurite.SharedAsync()).NewHub(options => faulty.In(options) with { MaxAttempts = attempts, RequestTimeout = TimeSpan.FromSeconds(30) });
        await hub.EnsureContainerAsync(CancellationToken.None);
        return hub;
    }
}
