using Fanout.Dispatch;
using Fanout.Handlers;
using Fanout.Processing;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>A worker as a process of its own: it shares the home's storage and the queue with others, and nothing else. It can be stopped, or killed.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly BatchWorker _worker;
    private readonly WorkerLife _life = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loops;
    private bool _isGone;

    public TestWorker(RunEnvironment home, IBatchQueue queue, BatchWorkerOptions options, Action<FanoutBuilder, TestWorker> configure)
    {
        var collection = new ServiceCollection();
        configure(collection.AddFanout(), this);
        _services = collection.BuildServiceProvider();
        _worker = new BatchWorker(
            home with
            {
                Registry = _services.GetRequiredService<FanoutRegistry>(),
                Services = _services,
                Results = new MortalStore(home.Results, _life),
                Queue = new MortalQueue(queue, _life),
                SignalAsync = (_, _) => Task.CompletedTask,
            },
            options);
        _loops = Task.Run(() => _worker.RunAsync(_stop.Token));
    }

    /// <summary>Completes when it was killed.</summary>
    public Task Death => _life.Death;

    /// <summary>As <c>kill -9</c> does: nothing of what it was doing goes on.</summary>
    public async Task DieAsync()
    {
        _life.Die();
        await _life.NeverAsync();
    }

    /// <summary>Stops it as a signal does, and waits for its end.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loops;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        _isGone = true;
        await _stop.CancelAsync();
        _life.Bury();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _worker.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
        _life.Dispose();
    }
}
