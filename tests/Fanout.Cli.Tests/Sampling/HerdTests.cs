using System.Globalization;
using Fanout.Cli.Tests.Patterns.Support;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Cli.Tests.Sampling;

/// <summary>
/// One limit over fifty runs in ten processes, some of which are killed, as the handlers themselves see it. What must never happen is looked for over
/// all of the time. How much of the limit is used, and how evenly, is looked at in windows of ten seconds, of which one will do: a machine that is busy
/// with something else takes from all of them, a limit that leaves places idle or favours a run does so in all of them.
/// </summary>
[Collection(Alone.Name)]
public sealed class HerdTests(ITestOutputHelper output)
{
    private const int MostWindows = 8;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ConcurrencyOfFewerPlacesThanRuns_IsNeverExceededAndHardlyEverIdle()
    {
        const int Places = 20;
        await using var herd = new Herd(workMilliseconds: 250);
        await herd.SetLimitAsync("--concurrency", "20");
        herd.Start();
        await herd.UntilAllBeganAsync();
        await UntilWindowAsync(herd, Window, (work, from, to) => new Figures(
            work.AverageInFlight(from, to) / Places,
            // A place that goes round among several is each one's for an item at a time, of which there are sixteen in the window.
            Herd.SharesOfIdeal(work.SharesInFlight(from, to)), 0.5));

        await KillSomeAsync(herd, kills: 6);
        // Half of them die for good: what they had is the others' within five seconds.
        for (var process = 0; process < Herd.Processes; process += 2)
            await herd.KillAsync(process);
        await WatchAsync(herd, TimeSpan.FromSeconds(5));
        await UntilWindowAsync(herd, Window / 2, (work, from, to) => new Figures(work.AverageInFlight(from, to) / Places, [1], 0.5));
        Assert.InRange(herd.Sampler.Work.MostInFlight(), 1, Places);
    }

    [Fact]
    public async Task Concurrency_IsSharedByWeight()
    {
        // By weight, two or four for each.
        const int Places = 150;
        await using var herd = new Herd(workMilliseconds: 400, run => run % 2 == 0 ? "\"weight\": 2" : "");
        await herd.SetLimitAsync("--concurrency", "150");
        herd.Start();
        await herd.UntilAllBeganAsync();
        await UntilWindowAsync(herd, Window, Look);
        await KillSomeAsync(herd, kills: 3);
        await UntilWindowAsync(herd, Window, Look);
        Assert.InRange(herd.Sampler.Work.MostInFlight(), 1, Places);

        static Figures Look(SampledWork work, TimeSpan from, TimeSpan to) => new(
            work.AverageInFlight(from, to) / Places, Herd.SharesOfIdeal(work.SharesInFlight(from, to), run => run % 2 == 0 ? 2 : 1), 0.05);
    }

    [Fact]
    public async Task Rate_HoldsOverEveryWindowAndIsUsed()
    {
        const double PerSecond = 400;
        const int Burst = 100;
        await using var herd = new Herd(workMilliseconds: 0);
        await herd.SetLimitAsync("--rate", "400/s", "--burst", "100");
        herd.Start();
        await herd.UntilAllBeganAsync();
        await UntilWindowAsync(herd, Window, (work, from, to) => new Figures(
            work.Begun(from, to) / (PerSecond * Window.TotalSeconds), Herd.SharesOfIdeal(work.SharesOfStarts(from, to)), 0.05));
        await KillSomeAsync(herd, kills: 6);
        var all = herd.Sampler.Work;
        Say($"{all.MostBeyond(PerSecond):F1} beyond the rate at most, in {all.Starts} starts");
        // How unequally late a busy machine lets starts be counted.
        all.AssertRate(PerSecond, Burst, tolerance: TimeSpan.FromSeconds(1));
    }

    private async Task UntilWindowAsync(Herd herd, TimeSpan window, Func<SampledWork, TimeSpan, TimeSpan, Figures> look)
    {
        for (var windows = 0; windows < MostWindows; windows++)
        {
            var (from, to) = await WatchAsync(herd, window);
            var figures = look(herd.Sampler.Work, from, to);
            Say($"{figures.Used:P1} used, shares {figures.Shares.Min():F3} to {figures.Shares.Max():F3} of the ideal");
            if (figures.Used >= 0.95 && figures.Shares.All(share => Math.Abs(share - 1) <= figures.Tolerance))
                return;
        }

        Assert.Fail("In no window was 95 % of the limit used, and that evenly.");
    }

    private async Task KillSomeAsync(Herd herd, int kills)
    {
        var seed = Environment.TickCount;
        Say($"seed {seed}");
        var random = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            var victim = random.Next(Herd.Processes);
            await herd.KillAsync(victim);
            await WatchAsync(herd, TimeSpan.FromMilliseconds(random.Next(1_000)));
            herd.Restart(victim);
        }
    }

    private static async Task<(TimeSpan From, TimeSpan To)> WatchAsync(Herd herd, TimeSpan duration)
    {
        var from = herd.Sampler.Now;
        await Task.Delay(duration, TimeProvider.System);
        return (from, from + duration);
    }

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <param name="Used">Of the limit, while there was work.</param>
    /// <param name="Shares">What each run had of its ideal share.</param>
    /// <param name="Tolerance">How far from it may be.</param>
    private sealed record Figures(double Used, IReadOnlyList<double> Shares, double Tolerance);
}
