using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Simulation.Runs;

/// <summary>
/// Whole runs in production code and virtual time, under faults. <c>FANOUT_SIM_SEEDS</c> says how many seeds (default: 300), <c>FANOUT_SIM_SEED</c> runs one
/// and tells what happened.
/// </summary>
public sealed class RunSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 300;

    // What a process has simulated stays in its memory: telemetry knows every run that was not closed.
    private const int SeedsAProcess = 100;

    // Far beyond what a process takes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task EveryInvariant_HoldsWhateverGoesWrong()
    {
        if (Number("FANOUT_SIM_SEED") is { } only)
        {
            var (code, told) = await SimulateAsync(only, only, "trace");
            output.WriteLine(told);
            Assert.True(code == 0, told[^Math.Min(told.Length, 20_000)..]);
            return;
        }

        var seeds = Number("FANOUT_SIM_SEEDS") ?? Seeds;
        var clock = Stopwatch.StartNew();
        var firsts = Enumerable.Range(0, (seeds + SeedsAProcess - 1) / SeedsAProcess).Select(chunk => (chunk * SeedsAProcess) + 1);
        var failures = new List<string>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForEachAsync(firsts, parallel, async (first, _) =>
        {
            var (code, told) = await SimulateAsync(first, Math.Min(first + SeedsAProcess - 1, seeds));
            lock (failures)
            {
                if (code != 0)
                    failures.Add(told);
                else
                    output.WriteLine($"From seed {first} on: {told.Trim()}, at {clock.Elapsed}");
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
