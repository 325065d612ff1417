using System.Diagnostics;
using System.Text.Json.Nodes;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Benchmarks.Work;

/// <summary>Fanout in this process, from opening a fresh home to the run's report.</summary>
internal static class EmbeddedRun
{
    /// <summary>Drives a run to its end; how long that took.</summary>
    /// <param name="home">A directory that does not exist yet.</param>
    /// <param name="spec">The run.</param>
    /// <param name="items">How many items are to succeed.</param>
    /// <param name="configure">Adds handlers.</param>
    public static async Task<TimeSpan> DriveAsync(string home, JsonObject spec, long items, Action<FanoutBuilder>? configure = null)
    {
        var started = Stopwatch.GetTimestamp();
        var services = new ServiceCollection();
        var builder = services.AddFanout();
        configure?.Invoke(builder);
        await using var provider = services.BuildServiceProvider();
        await using var fanout = await EmbeddedFanout.OpenAsync(new HomeOptions(home), provider);
        var run = await fanout.Client.StartAsync(SpecReader.Read(spec, fanout.Registry), CancellationToken.None);
        var report = await fanout.Driver.DriveAsync(run.RunId, CancellationToken.None, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return report?.Tally.Succeeded == items
            ? elapsed
            : throw new InvalidOperationException($"{report?.Tally.Succeeded} of {items} items succeeded: {report?.Message}");
    }
}
