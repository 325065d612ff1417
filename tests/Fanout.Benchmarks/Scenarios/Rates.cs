using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Others;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>Rates: what Fanout itself costs, over workloads and against others.</summary>
internal static class Rates
{
    private const double Seconds = 3;
    private static readonly FanoutInProcess Fanout = new();

    /// <summary>Items that need nothing done. The just-in-time compiler is done with both sides after about six rounds.</summary>
    public static IScenario Noop(double scale) => new RateScenario
    {
        Name = "noop",
        Work = Workload.Noop,
        Items = (long)(1_000_000 * scale),
        Rival = AllOthers.Loop,
        Goal = new Goal("items/s", Comparing.Ratio, 0.9),
        Rounds = 7,
        WarmUps = 6,
    };

    /// <summary>Items whose handlers wait, as those that call something do.</summary>
    public static IScenario FiveMilliseconds(double scale) => new RateScenario
    {
        Name = "5ms",
        Work = Workload.Waiting(5, concurrency: 64),
        Items = (long)(40_000 * scale),
        Rival = AllOthers.Loop,
        Goal = new Goal("items/s", Comparing.Ratio, 0.98),
        Rounds = 5,
    };

    /// <summary>Slow items, for so long that several slices end and ranges are handed back.</summary>
    public static IEnumerable<IScenario> Slow(double scale) =>
        from slow in ((string Name, double Milliseconds, double Seconds)[])[("200ms", 200, 40), ("2s", 2_000, 60)]
        let work = Workload.Waiting(slow.Milliseconds, concurrency: 64)
        select new RateScenario
        {
            Name = $"slow-{slow.Name}",
            Work = work,
            // All places are taken until the end.
            Items = Math.Max(1, (long)(slow.Seconds * scale * 1_000 / slow.Milliseconds)) * work.Concurrency,
            Goal = new Goal("items/s", Comparing.Ratio, 0.97),
            Rounds = 1,
        };

    /// <summary>From one item at once to many.</summary>
    public static IEnumerable<IScenario> Concurrency(double scale) =>
        from concurrency in (int[])[1, 4, 16, 64, 256, 1_024]
        select Against(AllOthers.Loop, Named("concurrency", concurrency), Workload.Waiting(5, concurrency), scale);

    /// <summary>Larger items.</summary>
    public static IEnumerable<IScenario> Payload(double scale) =>
        from bytes in (int[])[1_000, 10_000]
        select Against(AllOthers.Loop, Named("payload", bytes), Workload.Noop with { ItemBytes = bytes }, scale);

    /// <summary>Other libraries, with the workload that was asked for.</summary>
    public static IEnumerable<IScenario> Others(BenchmarkOptions options)
    {
        // More than a worker a processor does the loop's no-ops no good, and fewer those of who waits for a store.
        var concurrency = options.Concurrency ?? (options.Delay > TimeSpan.Zero ? 64 : 16);
        var work = new Workload(options.Delay, concurrency, options.ItemBytes);
        // Some are several times as fast when the just-in-time compiler is done with them.
        return AllOthers.All.Select(other => Against(other, $"others-{other.Name}", work, options.Scale, warmUps: 3));
    }

    private static RateScenario Against(IContender rival, string name, Workload work, double scale, int warmUps = 1) => new()
    {
        Name = name,
        Work = work,
        Items = work.ItemsFor(Fanout.NoopsPerSecond, Seconds * scale),
        Rival = rival,
        RivalItems = work.ItemsFor(rival.NoopsPerSecond, Seconds * scale),
        WarmUps = warmUps,
    };

    private static string Named(string sweep, int value) => string.Create(CultureInfo.InvariantCulture, $"{sweep}-{value}");
}
