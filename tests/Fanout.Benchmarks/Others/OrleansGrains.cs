using System.Diagnostics;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fanout.Benchmarks.Others;

/// <summary>Orleans: a grain an item in a silo of this process, which writes its state once, to memory. How many are called at once is for the caller to hold.</summary>
internal sealed class OrleansGrains : IContender
{
    public string Name => "orleans";

    public string? Note => "Orleans, state in memory: survives no kill; no rate, no retries; results are the grains' states";

    public double NoopsPerSecond => 5_000;

    public async Task<TimeSpan> WorkAsync(Workload work, string path, long items, Scratch scratch)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(work);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(LoopbackPort.Free(), LoopbackPort.Free())
            .AddMemoryGrainStorage(ItemGrain.Storage));
        using var host = builder.Build();
        await host.StartAsync();
        try
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            var options = new ParallelOptions { MaxDegreeOfParallelism = work.Concurrency };
            var started = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(
                File.ReadLines(path).Index(), options, async (item, _) => await grains.GetGrain<IItemGrain>(item.Index).HandleAsync(item.Item));
            return Stopwatch.GetElapsedTime(started);
        }
        finally
        {
            await host.StopAsync();
        }
    }
}
