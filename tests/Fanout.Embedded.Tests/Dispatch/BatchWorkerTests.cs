using System.Collections.Concurrent;
using Fanout.Conformance.Dispatch;
using Fanout.Dispatch;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Sources;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>Deliveries of one batch, worked one by one.</summary>
public sealed class BatchWorkerTests : IAsyncLifetime
{
    private static readonly BatchInput Input = new("r", "b0001-l00-00000", new SourcePlan(10, null), 0, 10, [], 0, 1, 1) { MaxStarts = 3 };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly ConcurrentQueue<int> _handled = new();
    private readonly MemoryBatchQueue _queue;
    private readonly ServiceProvider _services;
    private QueueHome _home = null!;
    private RunEnvironment _environment = null!;

    public BatchWorkerTests()
    {
        _queue = new MemoryBatchQueue(_time);
        var services = new ServiceCollection();
        services.AddFanout().AddHandler<int, int>("work", number =>
        {
            _handled.Enqueue(number);
            return number;
        });
        _services = services.BuildServiceProvider();
    }

    public async Task InitializeAsync()
    {
        // It takes results from a queue of its own, and none of those that are looked for here.
        _home = await QueueHome.OpenAsync();
        _environment = _home.Home.Fanout.Environment with { Registry = _services.GetRequiredService<FanoutRegistry>(), Services = _services, Time = _time };
        var spec = _home.Home.Read(QueueHome.Spec(10, """ "concurrency": 1 """));
        await _environment.Catalog.TryAddAsync(new RunRecord { Id = "r", SpecJson = SpecWriter.Write(spec), CreatedAt = _time.GetUtcNow() }, CancellationToken.None);
        await _queue.SendAsync(new BatchMessage("r:b0001", Input), CancellationToken.None);
        await _queue.SendAsync(new BatchMessage("r:b0001", Input), CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _home.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task BatchThatHasEnded_IsNotWorkedAgainButToldAgain()
    {
        await using var worker = new BatchWorker(_environment, QueueHome.Patient);
        await worker.WorkAsync(await ReceiveAsync(), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        await worker.WorkAsync(await ReceiveAsync(), CancellationToken.None);

        // What it has handed back may be another batch's by now.
        Assert.Equal([0, 1, 2], _handled);
        Assert.Equal(3, await NextOfResultAsync());
        Assert.Equal(3, await NextOfResultAsync());
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task BatchThatIsClaimed_IsPutOffUntilItsWorkerIsNotHeardOfAnyMore()
    {
        await using var worker = new BatchWorker(_environment, QueueHome.Patient);
        Assert.True(await new BatchClaim(_environment.Results, Input).TryMakeAsync(null, isAlone: false, _time.GetUtcNow()));
        await worker.WorkAsync(await ReceiveAsync(), CancellationToken.None);
        Assert.Empty(_handled);
        Assert.Equal(2, _queue.Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        await worker.WorkAsync(await ReceiveAsync(), CancellationToken.None);
        // As of any batch whose worker may have died, as few items are begun as its lane may have in flight.
        Assert.Equal([0], _handled);
        Assert.Equal(1, _queue.Count);
    }

    private async Task<IBatchDelivery> ReceiveAsync() => Assert.IsType<IBatchDelivery>(await _queue.ReceiveAsync(TimeSpan.FromSeconds(30), CancellationToken.None), exactMatch: false);

    private async Task<long> NextOfResultAsync()
    {
        var next = -1L;
        await _queue.DeliverAsync((completion, _) =>
        {
            next = completion.Result.Next;
            return Task.CompletedTask;
        }, CancellationToken.None);
        return next;
    }
}
