using BenchmarkDotNet.Attributes;
using Fanout.Planning;
using Fanout.Sources;

namespace Fanout.Benchmarks.Micro;

/// <summary>Planning a run, and sizing a range.</summary>
public class Planning
{
    private static readonly SourcePlan Source = new(10_000_000, null);

    private static readonly RunSpec Spec = new()
    {
        Id = "benchmark",
        Handler = new HandlerSpec("noop"),
        Source = new RangeSourceSpec { Start = 0, End = 10_000_000 },
    };

    private readonly int _processors = Environment.ProcessorCount;
    private long _remaining = 9_000_000;

    [Benchmark]
    public int PlanARun() => Planner.Plan(Spec, Source, _processors, oneProcess: true).Lanes;

    [Benchmark]
    public long SizeARange()
    {
        _remaining = _remaining > 1_000_000 ? _remaining - 1 : 9_000_000;
        return Planner.NextRange(_remaining, takers: 16, minItems: 4, maxItems: 100_000, seenPerSlice: 50_000);
    }
}
