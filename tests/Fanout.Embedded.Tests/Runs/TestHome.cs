using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>A home in a directory of its own, opened as a program of the user's would open it. Opened again, it is as after a restart.</summary>
internal sealed class TestHome : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly bool _ownsDirectory;

    private TestHome(string directory, ServiceProvider services, EmbeddedFanout fanout, bool ownsDirectory)
    {
        Path = directory;
        _services = services;
        Fanout = fanout;
        _ownsDirectory = ownsDirectory;
    }

    public string Path { get; }

    public EmbeddedFanout Fanout { get; }

    public static async Task<TestHome> OpenAsync(Action<FanoutBuilder>? configure = null, string? directory = null, TimeSpan? grace = null, TimeProvider? time = null, Func<HomeStorage, HomeStorage>? storage = null)
    {
        var path = directory ?? Directory.CreateTempSubdirectory("fanout-home-").FullName;
        var collection = new ServiceCollection();
        configure?.Invoke(collection.AddFanout());
        collection.AddFanout();
        var services = collection.BuildServiceProvider();
        var options = new HomeOptions(path) { Grace = grace ?? HomeOptions.DefaultGrace };
        return new TestHome(path, services, await EmbeddedFanout.OpenAsync(options, services, time, storage), directory is null);
    }

    public string File(string name, params string[] lines)
    {
        var path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllLines(path, lines);
        return path;
    }

    public RunSpec Read(string json) => SpecReader.Read(json, Fanout.Registry);

    public async Task<string> StartAsync(string json) => (await Fanout.Client.StartAsync(Read(json), CancellationToken.None)).RunId;

    public async Task<RunReport> RunAsync(string json) =>
        await Fanout.Driver.DriveAsync(await StartAsync(json), CancellationToken.None, CancellationToken.None)
        ?? throw new InvalidOperationException("The run was interrupted.");

    public async Task<List<ResultLine>> ResultsAsync(string runId)
    {
        var lines = new List<ResultLine>();
        await foreach (var line in Fanout.Client.ReadResultsAsync(runId, new ResultQuery(), CancellationToken.None))
            lines.Add(line);
        return lines;
    }

    /// <summary>Waits until a run driven here looks as it should.</summary>
    public Task UntilAsync(string runId, Func<RunProgress?, bool> condition) => UntilAsync(() => condition(Fanout.Driver.Observe(runId)));

    /// <summary>Waits until something is as it should be. The one place that polls: progress is looked at, it does not call.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        while (!condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Fanout.DisposeAsync();
        await _services.DisposeAsync();
        if (_ownsDirectory)
            Directory.Delete(Path, recursive: true);
    }
}
