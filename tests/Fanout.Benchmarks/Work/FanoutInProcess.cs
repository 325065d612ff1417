using System.Diagnostics;
using System.Text.Json;
using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Work;

/// <summary>Fanout in this process, from opening a fresh home to the report, with a result for every item.</summary>
internal sealed class FanoutInProcess : IContender
{
    public string Name => "fanout";

    public string? Note => null;

    public double NoopsPerSecond => 500_000;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var started = Stopwatch.GetTimestamp();
        await using var home = await EmbeddedHome.OpenAsync(scratch.Own("home"), fanout => fanout.AddHandler<JsonElement>("wait", work.HandleAsync));
        await home.DriveAsync(RunRequest.JsonLines(path, work.Waits ? "wait" : "noop", work.Concurrency), items);
        return Stopwatch.GetElapsedTime(started);
    }
}
