using System.Diagnostics;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>
/// What one writes without Fanout: reads lines, handles them in parallel, writes the same result lines to one file. Of several ways to write it this
/// one was the fastest, with lines read synchronously.
/// </summary>
internal sealed class HandWrittenLoop : IContender
{
    public string Name => "loop";

    public string? Note => "Parallel.ForEachAsync by hand: survives no kill; no rate, no retries; results by hand";

    public double NoopsPerSecond => 500_000;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var started = Stopwatch.GetTimestamp();
        await using (var results = new ResultFile(scratch.Own("results.jsonl")))
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = work.Concurrency };
            await Parallel.ForEachAsync(
                File.ReadLines(path).Index(), options, (item, cancellationToken) => results.HandleAsync(work, item.Index, item.Item, cancellationToken));
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
