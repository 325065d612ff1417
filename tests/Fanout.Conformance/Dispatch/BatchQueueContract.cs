using Fanout.Dispatch;
using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Conformance.Dispatch;

/// <summary>What every queue of batches promises. An implementation's tests derive from this.</summary>
public abstract class BatchQueueContract : IAsyncLifetime
{
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longer = TimeSpan.FromSeconds(3);

    private IBatchQueueRig? _rig;

    private IBatchQueueRig Rig => _rig ?? throw new InvalidOperationException("The rig is opened before each test.");

    /// <summary>Opens an empty queue.</summary>
    protected abstract Task<IBatchQueueRig> OpenAsync();

    public async Task InitializeAsync() => _rig = await OpenAsync();

    public Task DisposeAsync() => Rig.DisposeAsync().AsTask();

    [Fact]
    public async Task EmptyQueue_GivesNothingAndNoResults()
    {
        Assert.Null(await ReceiveAsync());
        Assert.Empty(await ResultsAsync());
    }

    [Fact]
    public async Task BatchThatWasSent_ArrivesAsItWasAndIsHiddenFromOthers()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        var delivery = await ReceiveAsync();
        Assert.Equal(("run:b0001", "b0001-l00-00000", 1L), (delivery!.Message.InstanceId, delivery.Message.Input.Key, delivery.Count));
        Assert.Equal((10L, 20L, new Counts(1, 2, 3, 4)), (delivery.Message.Input.Start, delivery.Message.Input.End, delivery.Message.Input.Before));
        Assert.Equal([new PendingItem(7, 1, DateTimeOffset.UnixEpoch)], delivery.Message.Input.Pending);
        Assert.Null(await ReceiveAsync());
    }

    [Fact]
    public async Task WhetherBatchesWait_IsToldWithoutTakingThem()
    {
        Assert.False(await Rig.Queue.HasWaitingAsync(CancellationToken.None));
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        Assert.True(await Rig.Queue.HasWaitingAsync(CancellationToken.None));
        Assert.True(await Rig.Queue.HasWaitingAsync(CancellationToken.None));
        var delivery = await ReceiveAsync();
        Assert.Equal(1, delivery!.Count);
        Assert.False(await Rig.Queue.HasWaitingAsync(CancellationToken.None));
    }

    [Fact]
    public async Task DeliveryThatIsNotRenewed_ComesBackAndCountsOneMore()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        Assert.Equal(1, (await ReceiveAsync())!.Count);
        await Rig.PassAsync(Longer);
        Assert.Equal(2, (await ReceiveAsync())!.Count);
    }

    [Fact]
    public async Task DeliveryThatIsRenewed_StaysHidden()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        var delivery = await ReceiveAsync();
        Assert.True(await delivery!.RenewAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        await Rig.PassAsync(Longer);
        Assert.Null(await ReceiveAsync());
        Assert.True(await delivery.RenewAsync(Visibility, CancellationToken.None));
    }

    [Fact]
    public async Task DeliveryThatAnotherHas_CannotBeRenewed()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        var lost = await ReceiveAsync();
        await Rig.PassAsync(Longer);
        var held = await Rig.Queue.ReceiveAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.False(await lost!.RenewAsync(Visibility, CancellationToken.None));
        Assert.True(await held!.RenewAsync(Visibility, CancellationToken.None));
    }

    [Fact]
    public async Task DeliveryThatIsReleased_IsThereForOthersAtOnce()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        var delivery = await Rig.Queue.ReceiveAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        await delivery!.ReleaseAsync(CancellationToken.None);
        Assert.NotNull(await ReceiveAsync());
    }

    [Fact]
    public async Task BatchThatIsCompleted_IsGoneAndItsResultArrivesOnce()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        var delivery = await ReceiveAsync();
        await delivery!.CompleteAsync(Completion("b0001-l00-00000", 20), CancellationToken.None);
        var result = Assert.Single(await ResultsAsync());
        Assert.Equal(("run:b0001", "b0001-l00-00000", BatchEnd.HandedBack, 20L), (result.InstanceId, result.Key, result.Result.End, result.Result.Next));
        await Rig.PassAsync(Longer);
        Assert.Null(await ReceiveAsync());
        Assert.Empty(await ResultsAsync());
    }

    [Fact]
    public async Task BatchThatIsCompletedByWhoLostIt_BringsItsResultAndLeavesTheOthersDeliveryAlone()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        var lost = await ReceiveAsync();
        await Rig.PassAsync(Longer);
        var held = await Rig.Queue.ReceiveAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        await lost!.CompleteAsync(Completion("b0001-l00-00000", 15), CancellationToken.None);
        await held!.CompleteAsync(Completion("b0001-l00-00000", 20), CancellationToken.None);
        Assert.Equal([15L, 20L], (await ResultsAsync()).Select(result => result.Result.Next).Order());
    }

    [Fact]
    public async Task ResultThatCouldNotBeHandedOver_ComesAgain()
    {
        await Rig.Queue.SendAsync(Message("b0001-l00-00000"), CancellationToken.None);
        await (await ReceiveAsync())!.CompleteAsync(Completion("b0001-l00-00000", 20), CancellationToken.None);
        try
        {
            await Rig.Completions.DeliverAsync((_, _) => throw new StorageException("The engine cannot be reached."), CancellationToken.None);
        }
        catch (StorageException)
        {
            // Whether it is told or only tried again is the queue's to choose.
        }

        await Rig.PassAsync(TimeSpan.FromSeconds(40));
        Assert.Single(await ResultsAsync());
    }

    [Fact]
    public async Task BatchAndResultLargerThanAMessageMayBe_ArriveWhole()
    {
        var pending = Enumerable.Range(0, 5_000).Select(i => new PendingItem(i, 1, DateTimeOffset.UnixEpoch.AddSeconds(i))).ToList();
        var large = Message("b0001-l00-00000");
        await Rig.Queue.SendAsync(large with { Input = large.Input with { Pending = pending } }, CancellationToken.None);
        var delivery = await ReceiveAsync();
        Assert.Equal(pending, delivery!.Message.Input.Pending);
        var completion = Completion("b0001-l00-00000", 20);
        await delivery.CompleteAsync(completion with { Result = completion.Result with { Pending = pending } }, CancellationToken.None);
        Assert.Equal(pending, Assert.Single(await ResultsAsync()).Result.Pending);
    }

    private Task<IBatchDelivery?> ReceiveAsync() => Rig.Queue.ReceiveAsync(Visibility, CancellationToken.None);

    private async Task<List<BatchCompletion>> ResultsAsync()
    {
        var results = new List<BatchCompletion>();
        var before = -1;
        while (results.Count > before)
        {
            before = results.Count;
            await Rig.Completions.DeliverAsync(
                (completion, _) =>
                {
                    results.Add(completion);
                    return Task.CompletedTask;
                },
                CancellationToken.None);
        }

        return results;
    }

    private static BatchMessage Message(string key) => new("run:b0001", new BatchInput(
        "run", key, new SourcePlan(100, null), 10, 20, [new PendingItem(7, 1, DateTimeOffset.UnixEpoch)], 0, 1, 1)
    {
        Before = new Counts(1, 2, 3, 4),
    });

    private static BatchCompletion Completion(string key, long next) =>
        new("run:b0001", key, new BatchResult { End = BatchEnd.HandedBack, Next = next, Tally = new Tally { Succeeded = 10 } });
}
