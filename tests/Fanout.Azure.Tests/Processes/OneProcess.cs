using Fanout.Azure.Tests.Support;
using Fanout.Dispatch;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>A coordinator of a hub, driving as the command <c>coordinate</c> does, and a worker, both in this process, so that their requests can be got at.</summary>
internal sealed class OneProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _root;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<RunReport> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServiceProvider _services;
    private readonly Task _working;
    private readonly Task _driving;

    private OneProcess(DirectoryInfo root, EmbeddedFanout fanout, AzureStorage hub, ServiceProvider services)
    {
        (_root, Fanout, _services) = (root, fanout, services);
        _working = Task.Run(() => WorkAsync(hub));
        _driving = Task.Run(DriveAsync);
    }

    public EmbeddedFanout Fanout { get; }

    /// <summary>The engine's database.</summary>
    public string Database => Path.Combine(_root.FullName, "fanout.db");

    /// <summary>Starts run <c>r</c>, whose handler is called <c>work</c>.</summary>
    /// <param name="faulty">The way to the account.</param>
    /// <param name="spec">The run.</param>
    /// <param name="handle">The handler.</param>
    public static async Task<OneProcess> StartAsync(FaultyTransport faulty, string spec, Func<int, CancellationToken, Task<int>> handle)
    {
        var hub = (await Azurite.SharedAsync()).NewHub(faulty.In);
        var services = new ServiceCollection().AddFanout().AddHandler("work", handle).Services.BuildServiceProvider();
        var root = Directory.CreateTempSubdirectory("fanout-one-process-");
        var fanout = await EmbeddedFanout.OpenAsync(
            new HomeOptions(root.FullName), services, TimeProvider.System,
            own => AzureHome.Coordinate(own, hub, ProcessOwner.Create(), TimeProvider.System, NullLoggerFactory.Instance));
        await fanout.Client.StartAsync(SpecReader.Read(spec, fanout.Registry), CancellationToken.None);
        return new OneProcess(root, fanout, hub, services);
    }

    /// <summary>The run's report, when it has ended and both have stopped.</summary>
    public async Task<RunReport> EndAsync()
    {
        var report = await _ended.Task.WaitAsync(Patience, TimeProvider.System);
        await _stop.CancelAsync();
        await Task.WhenAll(_working, _driving).WaitAsync(Patience, TimeProvider.System);
        return report;
    }

    /// <summary>Every item has one line in the results.</summary>
    public async Task AssertCompleteAsync(int items)
    {
        var indices = new List<long>();
        await foreach (var line in Fanout.Client.ReadResultsAsync("r", new ResultQuery(), CancellationToken.None))
            indices.Add(line.Index);
        Assert.Equal(Enumerable.Range(0, items).Select(index => (long)index), indices);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_working, _driving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Fanout.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
        _root.Delete(recursive: true);
    }

    private async Task WorkAsync(AzureStorage hub)
    {
        var environment = HomeEnvironment.Create(
            AzureHome.Work(hub, TimeProvider.System, NullLoggerFactory.Instance),
            "worker",
            _services.GetRequiredService<FanoutRegistry>(),
            _services,
            TimeProvider.System);
        await using var shares = environment.LimitShares;
        await using var worker = new BatchWorker(environment, new BatchWorkerOptions { Visibility = TimeSpan.FromSeconds(5) });
        await worker.RunAsync(_stop.Token);
    }

    private Task DriveAsync()
    {
        var fleet = new RunFleet(Fanout.Client, Fanout.Driver, new RunFleetOptions { OnEnded = report => _ended.TrySetResult(report) });
        fleet.Give("r");
        return fleet.RunAsync(_stop.Token, CancellationToken.None);
    }
}
