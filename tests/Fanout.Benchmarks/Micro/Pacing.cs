using BenchmarkDotNet.Attributes;
using Fanout.Flow;

namespace Fanout.Benchmarks.Micro;

/// <summary>Taking a start from a pacer, and being refused one.</summary>
public class Pacing
{
    private readonly Pacer _open = new(TimeProvider.System, null, 1);
    private readonly Pacer _fast = new(TimeProvider.System, new Rate(1_000_000_000, TimeSpan.FromSeconds(1)), 1_000_000);
    private readonly Pacer _spent = new(TimeProvider.System, new Rate(1, TimeSpan.FromDays(1)), 1, spent: true);

    [Benchmark]
    public bool TakeWithoutARate() => _open.TryTake(out _);

    [Benchmark]
    public bool TakeUnderARate() => _fast.TryTake(out _);

    [Benchmark]
    public bool BeRefused() => _spent.TryTake(out _);
}
