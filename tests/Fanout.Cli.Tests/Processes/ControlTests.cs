using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>What one process asks of a run that another drives: it is felt soon, and whoever drives the run after a kill -9 keeps to it.</summary>
public sealed class ControlTests : IDisposable
{
    private const int PerSecond = 20;

    // What a rate's default burst is, at this rate.
    private const int Burst = 2;

    private const int MostInWindow = Burst + (2 * PerSecond);

    // A slice's end or, for a pause, the next look at what is asked is 2 s away at most; the rest is for processes that share their processors with other tests.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly ProcessHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task PauseResumeAndRetune_AreFeltSoon_AndOutliveWhoDrivesTheRun()
    {
        var command = _home.Run("r", 100_000, "--concurrency", "2", "--checkpoint", "100ms", "--slice", "2s", "--quiet");
        var work = TimeSpan.FromMilliseconds(50);
        await using var first = _home.Start(command, work);
        await _home.Log.UntilAsync(deeds => deeds.Count > 20);

        var asked = await AskAsync("retune", "r", "--concurrency", "6", "--weight", "3");
        await FeltSoonAsync(asked, deeds => WhenInFlight(deeds, 6));

        asked = await AskAsync("retune", "r", "--rate", "20/s");
        var paced = await FeltSoonAsync(asked, deeds => WhenPaced(deeds, asked));
        await AssertPaceAsync(since: After(paced, Window));

        asked = await AskAsync("pause", "r");
        await FeltSoonAsync(asked, WhenQuiet);
        await first.KillAsync();

        await using var heir = _home.Start(command, work);
        var control = await UntilDrivenByAsync(heir);
        Assert.Equal(("true", "6", "\"20/s\"", "3"), (Read(control, "paused"), Read(control, "concurrency"), Read(control, "rate"), Read(control, "weight")));
        Assert.DoesNotContain(_home.Log.Read(), deed => deed.Process == heir.Id);
        asked = TimeProvider.System.GetTimestamp();
        await AskAsync("resume", "r");
        var resumed = await FeltSoonAsync(asked, deeds => deeds.FirstOrDefault(deed => deed.Process == heir.Id)?.At);
        await AssertPaceAsync(since: resumed);
        Assert.InRange(MostInFlight(_home.Log.Read()), 6, 6);
    }

    [Fact]
    public async Task ToleranceRetunedBelowWhatHasFailed_EndsTheRunWhereItIsDriven()
    {
        await using var driver = AppProcess.Start(AppProcess.Fanout, Failing("--rate", "50/s"));
        await UntilAsync(status => Failures(status) >= 10);
        var asked = await AskAsync("retune", "r", "--tolerate", "3");
        (await driver.ExitAsync()).AssertCode(ExitCodes.Failed);
        Assert.InRange(TimeProvider.System.GetElapsedTime(asked), TimeSpan.Zero, Soon);
    }

    [Fact]
    public async Task RetunedTolerance_OutlivesWhoDrivesTheRun()
    {
        await using (var driver = AppProcess.Start(AppProcess.Fanout, Failing("--rate", "50/s")))
        {
            await UntilAsync(status => Failures(status) >= 10);
            await AskAsync("retune", "r", "--tolerate", "400");
            await driver.KillAsync();
        }

        (await AppProcess.RunAsync(AppProcess.Fanout, Failing("--rate", "50/s"))).AssertCode(ExitCodes.Failed);
        // One too many, and what was in flight then.
        Assert.InRange(Failures(await StatusAsync()), 401, 403);
    }

    private string[] Failing(params string[] more) =>
        ["run", "--range", "0..100000", "--id", "r", "--home", _home.Path, "--concurrency", "2", "--checkpoint", "100ms", "--quiet", .. more, "--", "false"];

    /// <returns>When it had been asked for.</returns>
    private async Task<long> AskAsync(params string[] command)
    {
        (await AppProcess.RunAsync(AppProcess.Fanout, [.. command, "--home", _home.Path])).AssertCode(0);
        return TimeProvider.System.GetTimestamp();
    }

    /// <returns>When it was felt.</returns>
    private async Task<long> FeltSoonAsync(long asked, Func<IReadOnlyList<Deed>, long?> when)
    {
        var felt = when(await _home.Log.UntilAsync(deeds => when(deeds) is not null))!.Value;
        Assert.True(felt <= After(asked, Soon), string.Create(CultureInfo.InvariantCulture, $"Felt {TimeProvider.System.GetElapsedTime(asked, felt)} after it was asked for."));
        return felt;
    }

    private async Task AssertPaceAsync(long since)
    {
        var deeds = await _home.Log.UntilAsync(deeds => deeds.Any(deed => deed.At > After(since, Window)));
        Assert.InRange(StartsInWindow(deeds, since), 1, MostInWindow);
    }

    /// <summary>The first start after which a window keeps to the rate.</summary>
    private static long? WhenPaced(IReadOnlyList<Deed> deeds, long asked) => deeds
        .Where(deed => deed.Began && deed.At > asked && After(deed.At, Window) < deeds[^1].At && StartsInWindow(deeds, deed.At) <= MostInWindow)
        .Select(deed => (long?)deed.At).FirstOrDefault();

    /// <summary>The last start, once a window has passed without another.</summary>
    private static long? WhenQuiet(IReadOnlyList<Deed> deeds) =>
        deeds.Last(deed => deed.Began).At is var last && TimeProvider.System.GetElapsedTime(last) > Window ? last : null;

    private static int StartsInWindow(IReadOnlyList<Deed> deeds, long since) =>
        deeds.Count(deed => deed.Began && deed.At > since && deed.At <= After(since, Window));

    private async Task<JsonElement> UntilDrivenByAsync(AppProcess process) =>
        (await UntilAsync(status => Read(status, "drivenBy").EndsWith(string.Create(CultureInfo.InvariantCulture, $":{process.Id}\""), StringComparison.Ordinal)))
            .GetProperty("control");

    // Each look is a process of its own, which takes its time: no need to wait between two.
    private async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition)
    {
        for (var look = 0; look < 100; look++)
        {
            if (await StatusAsync() is var status && condition(status))
                return status;
        }

        throw new TimeoutException($"{await StatusAsync()}");
    }

    private async Task<JsonElement> StatusAsync()
    {
        var exit = await AppProcess.RunAsync(AppProcess.Fanout, ["status", "r", "--json", "--home", _home.Path]);
        return exit.Code == 0 ? JsonElement.Parse(exit.Output) : JsonElement.Parse("{}");
    }

    private static string Read(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetRawText() : "";

    private static int Failures(JsonElement status) =>
        status.TryGetProperty("report", out var report) ? report.GetProperty("tally").GetProperty("failed").GetInt32()
        : status.TryGetProperty("progress", out var progress) ? progress.GetProperty("failed").GetInt32()
        : 0;

    private static long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);

    private static int MostInFlight(IReadOnlyList<Deed> deeds) => InFlight(deeds).Max(moment => moment.Count);

    private static long? WhenInFlight(IReadOnlyList<Deed> deeds, int count) =>
        InFlight(deeds).Where(moment => moment.Count >= count).Select(moment => (long?)moment.At).FirstOrDefault();

    // A process that was killed has nothing in flight any more.
    private static IEnumerable<(int Count, long At)> InFlight(IReadOnlyList<Deed> deeds) => deeds.GroupBy(deed => deed.Process).SelectMany(process =>
    {
        var count = 0;
        return process.Select(deed => (Count: count += deed.Began ? 1 : -1, deed.At));
    });
}
