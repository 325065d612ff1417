using System.Diagnostics;
using System.Threading.Tasks.Dataflow;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>TPL Dataflow: a block that handles items, linked to one that writes what came of them.</summary>
internal sealed class DataflowBlocks : IContender
{
    private const int Ahead = 10_000;

    public string Name => "dataflow";

    public string? Note => "TPL Dataflow: survives no kill; no rate, no retries; results by hand";

    public double NoopsPerSecond => 300_000;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var started = Stopwatch.GetTimestamp();
        await using (var writer = ResultFile.Open(scratch.Own("results.jsonl")))
        {
            var handle = new TransformBlock<(int Index, string Line), string>(
                item => HandleAsync(work, item.Index, item.Line),
                new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = work.Concurrency, BoundedCapacity = Ahead, EnsureOrdered = false, SingleProducerConstrained = true });
            var write = new ActionBlock<string>(writer.Write, new ExecutionDataflowBlockOptions { BoundedCapacity = Ahead });
            using var linked = handle.LinkTo(write, new DataflowLinkOptions { PropagateCompletion = true });
            foreach (var item in File.ReadLines(path).Index())
                await handle.SendAsync(item);
            handle.Complete();
            await write.Completion;
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<string> HandleAsync(Workload work, int index, string item)
    {
        var since = Stopwatch.GetTimestamp();
        await work.HandleLineAsync(item);
        return ResultFile.LineOf(index, since);
    }
}
