using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Simulation.Runs;

/// <summary>
/// Whole runs in production code and virtual time, under faults. <c>FANOUT_SIM_SEEDS</c> says how many seeds (default: 240), <c>FANOUT_SIM_SEED</c> runs one
/// and tells what happened.
/// </summary>
public sealed class RunSimulationTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 240;

    // None takes as long as a test that hangs is given.
    private const int SeedsATest = 1_000;

    // What a process has simulated stays in its memory: telemetry knows every run that was not closed.
    private const int SeedsAProcess = 100;

    // Far beyond what a process takes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static TheoryData<int, int> Seeds
    {
        get
        {
            if (Number("FANOUT_SIM_SEED") is { } only)
                return new TheoryData<int, int> { { only, only } };
            var last = Number("FANOUT_SIM_SEEDS") ?? SeedsByDefault;
            var seeds = new TheoryData<int, int>();
            for (var first = 1; first <= last; first += SeedsATest)
                seeds.Add(first, Math.Min(first + SeedsATest - 1, last));
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task EveryInvariant_HoldsWhateverGoesWrong(int first, int last)
    {
        var clock = Stopwatch.StartNew();
        var failures = new List<string>();
        var processes = Enumerable.Range(0, ((last - first) / SeedsAProcess) + 1).Select(process => first + (process * SeedsAProcess));
        await Parallel.ForEachAsync(processes, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (start, _) =>
        {
            var end = Math.Min(start + SeedsAProcess - 1, last);
            var (code, told) = await SimulateAsync(start, end, first == last ? ["trace"] : []);
            lock (failures)
            {
                output.WriteLine(first == last ? told : $"Seeds {start} to {end}: {told.Trim()}, after {clock.Elapsed}");
                if (code != 0)
                    failures.Add(told[^Math.Min(told.Length, 20_000)..]);
            }
        });
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    [Fact]
    public async Task SameSeed_DoesTheSame()
    {
        var (_, once) = await SimulateAsync(1, 5, "trace");
        var (_, again) = await SimulateAsync(1, 5, "trace");
        Assert.Contains("dies", once, StringComparison.Ordinal);
        Assert.Equal(once, again);
    }

    private static async Task<(int Code, string Told)> SimulateAsync(int first, int last, params string[] how)
    {
        string[] command = ["exec", typeof(Program).Assembly.Location, Text(first), Text(last), .. how];
        var start = new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Plans depend on it; what a seed does is to be the same on every machine.
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "2";
        // Nothing runs for long enough that measuring it would pay.
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var (told, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        return (process.ExitCode, await told + await errors);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
