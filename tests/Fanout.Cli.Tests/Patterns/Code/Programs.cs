using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Cli.Tests.Patterns.Code;

/// <summary>The programs README.md shows, each as a method whose body is the program.</summary>
internal static class Programs
{
    public static async Task<int> OwnProgramAsync(string[] args, Bank bank)
    {
        // README: program
        return await FanoutApp.RunAsync(args, fanout =>
        {
            fanout.Services.AddSingleton(bank);
            fanout.AddHandler<Charge>("charge");                                    // a class, made with its services
            fanout.AddHandler<int, int>("double", number => number * 2);            // a function that computes
            fanout.AddHandler<string, string>("read", File.ReadAllTextAsync);       // a function that waits
            fanout.AddReducer("histogram", new Histogram());
            fanout.AddSource("numbers", (services, options) => new Producer(options!.Value.GetProperty("count").GetInt64(), _ => { }));
        });
        // README end
    }

    public static async Task<int> BackPressureAsync(string[] args, Action<long> ahead)
    {
        // README: back-pressure
        long made = 0, handled = 0;
        return await FanoutApp.RunAsync(args, fanout =>
        {
            fanout.AddSource("numbers", (_, options) => new Producer(
                options!.Value.GetProperty("count").GetInt64(),
                _ => ahead(Interlocked.Increment(ref made) - Interlocked.Read(ref handled))));
            fanout.AddHandler<long>("slow", async (number, cancellationToken) =>
            {
                await Task.Yield();
                Interlocked.Increment(ref handled);
            });
        });
        // README end
    }

    public static async Task<int> AllProcessorsAsync(string[] args)
    {
        // README: all-processors
        using var everyone = new Barrier(Environment.ProcessorCount);
        return await FanoutApp.RunAsync(args, fanout => fanout.AddHandler<int, int>("meet", number =>
            everyone.SignalAndWait(TimeSpan.FromMinutes(1)) ? number : throw new TimeoutException("a processor stood idle")));
        // README end
    }

    public static async Task<RunReport> EmbeddedAsync(string home, TimeProvider time, CancellationToken stop)
    {
        // README: embedded
        var services = new ServiceCollection();
        services.AddFanout().AddHandler<int, int>("double", number => number * 2);
        await using var provider = services.BuildServiceProvider();
        await using var fanout = await EmbeddedFanout.OpenAsync(new HomeOptions(home), provider, time);

        var spec = SpecReader.Read("""
            {
              "id": "doubles",
              "handler": { "name": "double" },
              "source": { "kind": "range", "start": 1, "end": 21 },
              "results": { "reduce": "sum" }
            }
            """, fanout.Registry);
        var run = await fanout.Client.StartAsync(spec, stop);
        var report = await fanout.Driver.DriveAsync(run.RunId, stop, CancellationToken.None); // null: stopped before its end
        await foreach (var line in fanout.Client.ReadResultsAsync(run.RunId, new ResultQuery(), stop))
            Console.WriteLine($"{line.Index}: {line.Status} {line.Output}");
        // README end
        return report!;
    }
}
