using BenchmarkDotNet.Attributes;
using Fanout.Processing;

namespace Fanout.Benchmarks.Micro;

/// <summary>What is done under a batch's lock when an item is settled: it is counted, and its line goes into the part.</summary>
public class Settling : IDisposable
{
    private const int Items = 1_000;
    private static readonly byte[] Line = "{\"index\":123456,\"status\":\"Succeeded\",\"attempts\":1,\"durationMs\":5.123}\n"u8.ToArray();

    private readonly TallyBuilder _tally = new();
    private readonly PartBuffer _part = new("part");

    [Benchmark(OperationsPerInvoke = Items)]
    public int SettleAnItem()
    {
        for (var index = 0; index < Items; index++)
        {
            _tally.Add(OutcomeStatus.Succeeded, 1);
            _part.Append(Line, index);
        }

        return _part.Swap().Length;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _part.Dispose();
        GC.SuppressFinalize(this);
    }
}
