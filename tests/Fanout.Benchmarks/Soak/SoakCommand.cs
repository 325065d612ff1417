using System.Diagnostics;
using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;
using Fanout.Client;
using Fanout.Flow;

namespace Fanout.Benchmarks.Soak;

/// <summary>
/// <c>soak [MINUTES]</c>, by default 60: a server has runs of every kind from several callers at once, each deleted when it has been read, and what its
/// process holds is looked at all the while. Its memory, handles and threads must not grow.
/// </summary>
internal static class SoakCommand
{
    private const double DefaultMinutes = 60;
    private const int Callers = 6;
    private const int FileItems = 5_000;
    private const int ExitFlat = 0;
    private const int ExitGrows = 1;
    private const int ExitUsage = 2;

    // Enough samples whatever the length, and few enough to disturb nothing.
    private const int Samples = 720;
    private const int LinesTold = 24;

    // So that a machine has room for something else.
    private static readonly TimeSpan PauseBetweenRuns = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var minutes = DefaultMinutes;
        if (arguments.Count > 1 || (arguments is [var text] && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out minutes) && minutes is > 0 and <= 10_000)))
        {
            Console.Error.WriteLine("usage: soak [MINUTES]");
            return ExitUsage;
        }

        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("soak reads /proc, which only Linux has.");
            return ExitUsage;
        }

        using var scratch = new Scratch();
        var file = JsonLinesFile.Of(FileItems, scratch);
        await using var server = await ServerProcess.StartAsync(scratch.Own("home"), "--allow-exec", "--files", Path.GetDirectoryName(file)!, "--runs", Callers.ToString(CultureInfo.InvariantCulture));
        using var client = new FanoutClient(server.Address);
        await client.SetLimitAsync(new LimitSpec(SoakRun.Limit, 8, null, 1));
        using var end = new CancellationTokenSource();
        var load = new Load(client, SoakRun.All(file));
        var calling = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => load.CallAsync(caller, end.Token)));
        var footprints = await WatchAsync(server.Id, TimeSpan.FromMinutes(minutes), load, calling);
        await end.CancelAsync();
        await calling;
        return Tell(footprints, load) ? ExitFlat : ExitGrows;
    }

    private static async Task<List<Footprint>> WatchAsync(int processId, TimeSpan duration, Load load, Task calling)
    {
        var footprints = new List<Footprint>(Samples);
        using var timer = new PeriodicTimer(duration / Samples, TimeProvider.System);
        var started = Stopwatch.GetTimestamp();
        // A caller that failed ends it; its failure is then thrown.
        while (footprints.Count < Samples && !calling.IsCompleted && await timer.WaitForNextTickAsync())
        {
            var now = Footprint.Of(processId);
            footprints.Add(now);
            if (footprints.Count % (Samples / LinesTold) == 0)
            {
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Stopwatch.GetElapsedTime(started):hh\\:mm\\:ss}  {now.Memory / 1e6:0} MB, {now.Handles} handles, {now.Threads} threads; {load.Runs:N0} runs, {load.Items:N0} items"));
            }
        }

        if (calling.IsCompleted)
            await calling;
        return footprints;
    }

    private static bool Tell(List<Footprint> footprints, Load load)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load.Runs:N0} runs, {load.Items:N0} items; medians of the second and the last third:"));
        // Each is told, whatever the others came to.
        return Tell("memory, MB", footprints, footprint => footprint.Memory, 1e6)
            & Tell("handles", footprints, footprint => footprint.Handles, 1)
            & Tell("threads", footprints, footprint => footprint.Threads, 1);
    }

    private static bool Tell(string name, List<Footprint> footprints, Func<Footprint, long> held, double unit)
    {
        var trend = Trend.Of([.. footprints.Select(held)]);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-12}{trend.Before / unit,9:0.0}{trend.After / unit,9:0.0}  {(trend.IsFlat ? "flat" : "GROWS")}"));
        return trend.IsFlat;
    }

    /// <summary>Callers that have one run after the other, each beginning with another kind.</summary>
    private sealed class Load(FanoutClient client, IReadOnlyList<SoakRun> kinds)
    {
        private long _runs;
        private long _items;

        public long Runs => Interlocked.Read(ref _runs);

        public long Items => Interlocked.Read(ref _items);

        public async Task CallAsync(int caller, CancellationToken end)
        {
            for (var turn = caller; !end.IsCancellationRequested; turn++)
            {
                Interlocked.Add(ref _items, await kinds[turn % kinds.Count].GoThroughAsync(client));
                Interlocked.Increment(ref _runs);
                await Task.Delay(PauseBetweenRuns, TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
