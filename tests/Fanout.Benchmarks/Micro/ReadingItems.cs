using BenchmarkDotNet.Attributes;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;
using Fanout.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Benchmarks.Micro;

/// <summary>Cutting a file of JSON lines into items, as a batch reads its range.</summary>
public class ReadingItems : IDisposable
{
    private const int Items = 10_000;

    private readonly Scratch _scratch = new();
    private DirectoryWorkspace? _workspace;
    private ISource? _source;
    private SourcePlan? _plan;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var services = new ServiceCollection().BuildServiceProvider();
        var factory = new SourceFactory(new FanoutRegistry(), services, () => Stream.Null, _ => throw new InvalidOperationException("Nothing is redriven here."));
        _source = factory.Create(new JsonlSourceSpec { Path = JsonLinesFile.Of(Items, _scratch) });
        _workspace = new DirectoryWorkspace(_scratch.Own("workspace"));
        _plan = await _source.PlanAsync(_workspace, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public async Task<long> ReadAnItem()
    {
        var bytes = 0L;
        await using var reader = await _source!.OpenAsync(_plan!, _workspace!, 0, Items, CancellationToken.None);
        do
        {
            while (reader.TryRead(out var item))
                bytes += item.Value.Length;
        }
        while (await reader.WaitToReadAsync(CancellationToken.None));
        return bytes;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}
