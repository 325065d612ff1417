using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Cli.Tests.Processes;

/// <summary>Processes that are killed, or stopped without being asked, while they drive a run.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Checkpoint = TimeSpan.FromMilliseconds(100);

    // Between a checkpoint's moment and its being on the disk, and between a handler's start and its line in the log, a busy machine may take its time.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly ProcessHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task KilledTwentyTimes_SettlesEachItemOnceAndRepeatsOnlyTheLastFew()
    {
        const int Items = 100_000;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var killed = new Dictionary<int, long>();
        var command = _home.Run("r", Items, "--rate", "8000/s", "--concurrency", "16", "--checkpoint", "100ms", "--slice", "1s", "--quiet");
        while (killed.Count < 20)
        {
            await using var process = _home.Start(command);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 900)), TimeProvider.System);
            Assert.False(process.HasExited, "It ended before it could be killed often enough.");
            await process.KillAsync();
            killed[process.Id] = TimeProvider.System.GetTimestamp();
        }

        (await _home.RunAsync(command)).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), await _home.ResultsAsync("r"));

        var executions = _home.Log.Read().Where(deed => deed.Began).ToLookup(deed => deed.Key);
        Assert.Equal(Enumerable.Range(0, Items).Select(index => $"r/{index}").ToHashSet(), executions.Select(item => item.Key).ToHashSet());
        foreach (var item in executions)
        {
            foreach (var early in item.SkipLast(1))
            {
                Assert.True(killed.TryGetValue(early.Process, out var killedAt), $"{early} was repeated, and its process was not killed.");
                var before = TimeProvider.System.GetElapsedTime(early.At, killedAt);
                Assert.True(before < Checkpoint + Slack, string.Create(CultureInfo.InvariantCulture, $"{early} was repeated though it began {before} before the kill."));
            }
        }

        output.WriteLine($"{executions.Sum(item => item.Count() - 1)} repeats");
    }

    [Fact]
    public async Task RateHoldsOverTheWindowThatSpansACrash()
    {
        const int Items = 160;
        const int Burst = 40;
        const double PerSecond = 40;
        var command = _home.Run("r", Items, "--rate", "40/s", "--burst", "40", "--checkpoint", "100ms", "--quiet");
        foreach (var kill in new[] { 50, 90 })
        {
            await using var process = _home.Start(command);
            await _home.Log.UntilAsync(deeds => deeds.Count(deed => deed.Began) >= kill);
            await process.KillAsync();
        }

        (await _home.RunAsync(command)).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), await _home.ResultsAsync("r"));
        var starts = _home.Log.Read().Where(deed => deed.Began).Select(deed => deed.At).ToList();
        // A second burst after a crash would be 40 starts too many; the slack for late log lines allows half of that.
        for (var first = 0; first < starts.Count; first++)
        {
            for (var last = first; last < starts.Count; last++)
            {
                var window = TimeProvider.System.GetElapsedTime(starts[first], starts[last]) + (Slack / 2);
                Assert.True(last - first + 1 <= Burst + (PerSecond * window.TotalSeconds), $"{last - first + 1} starts in {window}.");
            }
        }
    }

    [Fact]
    public async Task SecondProcess_WatchesWhileTheFirstIsAliveAndTakesOverWhenItDies()
    {
        const int Items = 3_000;
        var command = _home.Run("r", Items, "--rate", "300/s", "--checkpoint", "100ms");
        await using var first = _home.Start(command);
        await _home.Log.UntilAsync(deeds => deeds.Count > 100);
        await using var second = _home.Start(command);
        await second.SaysAsync($":{first.Id}; waiting for it.");
        var seen = _home.Log.Read().Count;
        await _home.Log.UntilAsync(deeds => deeds.Count > seen + 100);
        Assert.Equal([first.Id], _home.Log.Read().Select(deed => deed.Process).Distinct());
        await first.KillAsync();

        var exit = await second.ExitAsync();
        exit.AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), await _home.ResultsAsync("r"));
    }

    [Fact]
    public async Task ProcessStoppedBeyondItsLease_LeavesTheRunToWhoTookItOver()
    {
        const int Items = 1_500;
        var command = _home.Run("r", Items, "--rate", "300/s", "--checkpoint", "100ms", "--quiet");
        await using var zombie = _home.Start(command);
        await _home.Log.UntilAsync(deeds => deeds.Count > 200);
        zombie.Signal(AppProcess.SigStop);
        await using var heir = _home.Start(command);
        await _home.Log.UntilAsync(deeds => deeds.Count(deed => deed.Process == heir.Id) > 400);
        var woken = TimeProvider.System.GetTimestamp();
        zombie.Signal(AppProcess.SigCont);

        (await heir.ExitAsync()).AssertCode(0);
        // The zombie has noticed, waits for the end like anyone who comes second, and tells of it.
        (await zombie.ExitAsync()).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), await _home.ResultsAsync("r"));
        var afterlife = _home.Log.Read().Where(deed => deed.Process == zombie.Id && deed.Began && deed.At > woken).ToList();
        Assert.All(afterlife, deed => Assert.True(TimeProvider.System.GetElapsedTime(woken, deed.At) < TimeSpan.FromSeconds(2), $"{deed} long after it woke."));
    }
}
