using System.Diagnostics;
using System.Threading.Channels;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>A pool of workers that read one bounded channel.</summary>
internal sealed class ChannelPool : IContender
{
    private const int Ahead = 10_000;

    public string Name => "channels";

    public string? Note => "System.Threading.Channels: survives no kill; no rate, no retries; results by hand";

    public double NoopsPerSecond => 400_000;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var started = Stopwatch.GetTimestamp();
        await using (var results = new ResultFile(scratch.Own("results.jsonl")))
        {
            var channel = Channel.CreateBounded<(int Index, string Line)>(new BoundedChannelOptions(Ahead) { SingleWriter = true });
            var workers = Enumerable.Range(0, work.Concurrency).Select(_ => Task.Run(() => WorkAsync(channel.Reader, work, results))).ToList();
            foreach (var item in File.ReadLines(path).Index())
                await channel.Writer.WriteAsync(item);
            channel.Writer.Complete();
            await Task.WhenAll(workers);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task WorkAsync(ChannelReader<(int Index, string Line)> items, Workload work, ResultFile results)
    {
        await foreach (var (index, line) in items.ReadAllAsync())
            await results.HandleAsync(work, index, line);
    }
}
