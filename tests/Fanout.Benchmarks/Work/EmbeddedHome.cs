using System.Diagnostics;
using System.Text.Json.Nodes;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Benchmarks.Work;

/// <summary>A home that is open in this process.</summary>
internal sealed class EmbeddedHome : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly EmbeddedFanout _fanout;

    private EmbeddedHome(ServiceProvider services, EmbeddedFanout fanout) => (_services, _fanout) = (services, fanout);

    /// <summary>Opens a fresh one.</summary>
    /// <param name="path">A directory that does not exist yet.</param>
    /// <param name="configure">Adds handlers.</param>
    public static async Task<EmbeddedHome> OpenAsync(string path, Action<FanoutBuilder>? configure = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddFanout();
        configure?.Invoke(builder);
        var provider = services.BuildServiceProvider();
        return new EmbeddedHome(provider, await EmbeddedFanout.OpenAsync(new HomeOptions(path), provider));
    }

    /// <summary>Drives a run from its start to its report; how long that took.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="items">How many items are to succeed.</param>
    /// <exception cref="InvalidOperationException">They did not.</exception>
    public async Task<TimeSpan> DriveAsync(JsonObject spec, long items)
    {
        var started = Stopwatch.GetTimestamp();
        var run = await _fanout.Client.StartAsync(SpecReader.Read(spec, _fanout.Registry), CancellationToken.None);
        var report = await _fanout.Driver.DriveAsync(run.RunId, CancellationToken.None, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return report?.Tally.Succeeded == items
            ? elapsed
            : throw new InvalidOperationException($"{report?.Tally.Succeeded} of {items} items succeeded: {report?.Message}");
    }

    public async ValueTask DisposeAsync()
    {
        await _fanout.DisposeAsync();
        await _services.DisposeAsync();
    }
}
