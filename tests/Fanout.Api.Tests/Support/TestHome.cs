using System.Text.Json;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Api.Tests.Support;

/// <summary>A home of its own in a directory of its own, with a real engine. Its handler <c>gate</c> waits until the test lets it go on.</summary>
public sealed class TestHome : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fanout-api-");
    private readonly ServiceProvider _services;

    private TestHome(Action<IServiceCollection>? configure)
    {
        Path = System.IO.Path.Combine(_root.FullName, "home");
        Directory.CreateDirectory(Path);
        var services = new ServiceCollection();
        services.AddFanout()
            .AddHandler<long, long>("gate", async (item, cancellationToken) =>
            {
                Entered.TrySetResult();
                await Gate.Task.WaitAsync(cancellationToken);
                return item;
            })
            .AddHandler<JsonElement, JsonElement>("echo", item => item)
            .AddHandler<long, long>("odd", item => item % 2 == 1 ? item : throw new InvalidOperationException($"{item} is even"))
            .AddHandler<long, string>("large", item => new string('x', 8_000));
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public string Path { get; }

    /// <summary>The directory that the home is in, with nothing else.</summary>
    public string Root => _root.FullName;

    public EmbeddedFanout Fanout { get; private set; } = null!;

    /// <summary>What items of <c>gate</c> wait for.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first item of <c>gate</c> is being handled.</summary>
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<TestHome> OpenAsync(Action<IServiceCollection>? configure = null)
    {
        var home = new TestHome(configure);
        home.Fanout = await EmbeddedFanout.OpenAsync(new HomeOptions(home.Path) { LeavesStartsToDriver = true, Grace = TimeSpan.Zero }, home._services);
        return home;
    }

    /// <summary>Runs a spec to its end.</summary>
    public async Task<RunReport> RunAsync(string spec)
    {
        var started = await Fanout.Client.StartAsync(SpecReader.Read(spec, Fanout.Registry, Path), CancellationToken.None);
        return (await Fanout.Driver.DriveAsync(started.RunId, CancellationToken.None, CancellationToken.None))!;
    }

    public async ValueTask DisposeAsync()
    {
        Gate.TrySetResult();
        await Fanout.DisposeAsync();
        await _services.DisposeAsync();
        _root.Delete(recursive: true);
    }
}
