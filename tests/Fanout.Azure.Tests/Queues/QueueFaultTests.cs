using System.Collections.Concurrent;
using System.Globalization;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

[Trait("Category", Categories.Azurite)]
public sealed class QueueFaultTests
{
    private const string KeyBegin = "Eby8vdM02";

    [Fact]
    public async Task EveryFault_IsAStorageFailureWithoutAKeyAndLosesNothing()
    {
        var wire = new FaultyTransport();
        var hub = (await Azurite.SharedAsync()).NewHub(options => wire.In(options) with { RequestTimeout = TimeSpan.FromSeconds(1) });
        var (queue, completions) = (new AzureBatchQueue(hub), new AzureBatchCompletions(hub));
        var handedOn = 0;
        foreach (var fault in Fault.Every)
        {
            await queue.SendAsync(Batches.Message(), default);
            // On a machine that is busy a request may take longer than its time-out: what it received comes back, and is asked for again.
            var delivery = await Batches.UntilAsync(() => queue.ReceiveAsync(Batches.Visibility, default));
            wire.Break(fault);
            await FailsAsync(fault, () => queue.SendAsync(Batches.Message(pending: 5_000), default));
            if (fault is not Fault.LostAnswer)
            {
                // An answer that was lost has done what was asked: the message is sent, hidden from others, or has another receipt.
                await FailsAsync(fault, () => queue.ReceiveAsync(Batches.Visibility, default));
                await FailsAsync(fault, () => delivery.RenewAsync(Batches.Visibility, default));
            }

            await FailsAsync(fault, () => delivery.CompleteAsync(Batches.Completion(), default));
            await FailsAsync(fault, () => completions.DeliverAsync((_, _) => Task.CompletedTask, default));
            wire.Heal();
            await delivery.CompleteAsync(Batches.Completion(), default);
            handedOn += await completions.DeliverAsync((_, _) => Task.CompletedTask, default);
        }

        Assert.True(handedOn >= Fault.Every.Count, $"{handedOn} results came, of {Fault.Every.Count} sent");
    }

    [Fact]
    public async Task AnswersLost_AreDuplicatesAtWorst()
    {
        var wire = new FaultyTransport();
        var hub = (await Azurite.SharedAsync()).NewHub(wire.In);
        var (queue, completions) = (new AzureBatchQueue(hub), new AzureBatchCompletions(hub));
        await queue.SendAsync(Batches.Message(), default);
        Assert.Equal(0, await completions.DeliverAsync((_, _) => Task.CompletedTask, default)); // Creates the queue.
        var delivery = await Batches.UntilAsync(() => queue.ReceiveAsync(Batches.Visibility, default));

        wire.FailNext(request => request.Method == HttpMethod.Post, new Fault.LostAnswer());
        await delivery.CompleteAsync(Batches.Completion(), default);
        var keys = new ConcurrentQueue<string>();
        wire.FailNext(request => request.Method == HttpMethod.Delete, new Fault.LostAnswer());
        Assert.Equal(2, await completions.DeliverAsync(
            (completion, _) =>
            {
                keys.Enqueue(completion.Key);
                return Task.CompletedTask;
            },
            default));
        Assert.Single(keys.Distinct());
        Assert.Equal(0, await completions.DeliverAsync((_, _) => Task.CompletedTask, default));
        Assert.Null(await queue.ReceiveAsync(Batches.Visibility, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task UnderManyFaults_EveryBatchIsDoneAndEveryResultArrives(int seed)
    {
        const int Count = 20;
        var wire = FaultyTransport.Seeded(seed, share: 0.2);
        var hub = (await Azurite.SharedAsync()).NewHub(wire.In);
        var (queue, completions) = (new AzureBatchQueue(hub), new AzureBatchCompletions(hub));
        var keys = Enumerable.Range(0, Count).Select(number => number.ToString("D5", CultureInfo.InvariantCulture)).ToList();
        var arrived = new ConcurrentDictionary<string, bool>();
        foreach (var key in keys)
            await TryAsync(() => queue.SendAsync(Batches.Message(key, pending: 4_000), default));

        var patience = TimeProvider.System.GetTimestamp();
        while (arrived.Count < Count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < 3 * Batches.Patience, $"seed {seed}: only {arrived.Count} results of {Count} arrived");
            await OnceAsync(WorkAsync);
            await OnceAsync(() => completions.DeliverAsync((completion, _) => Task.FromResult(arrived[completion.Key] = true), default));
        }

        Assert.Equal(keys, arrived.Keys.Order(StringComparer.Ordinal));
        Assert.True(wire.Faults > Count, $"seed {seed}: only {wire.Faults} requests went wrong");

        async Task WorkAsync()
        {
            if (await queue.ReceiveAsync(TimeSpan.FromSeconds(2), default) is not { } delivery)
                return;
            if (!await delivery.RenewAsync(TimeSpan.FromSeconds(2), default))
                return;
            await delivery.CompleteAsync(Batches.Completion(delivery.Message.Input.Key, pending: 4_000), default);
        }
    }

    private static async Task FailsAsync(Fault fault, Func<Task> act)
    {
        var failure = await Record.ExceptionAsync(act);
        Assert.True(failure is StorageException, $"{fault}: {failure}");
        Assert.DoesNotContain(KeyBegin, failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task TryAsync(Func<Task> act)
    {
        while (!await OnceAsync(act))
        {
            // As a coordinator does.
        }
    }

    private static async Task<bool> OnceAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }
}
