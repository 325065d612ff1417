using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Simulation.Runs;

/// <summary>
/// Whole runs in production code and virtual time, under faults. <c>FANOUT_SIM_SEEDS</c> says how many seeds (default: as many as fit into 20 s),
/// <c>FANOUT_SIM_SEED</c> runs one.
/// </summary>
public sealed class RunSimulationTests(ITestOutputHelper output)
{
    private const int MostFailures = 5;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    [Fact]
    public void EveryInvariant_HoldsWhateverGoesWrong()
    {
        var only = Number("FANOUT_SIM_SEED");
        var seeds = Number("FANOUT_SIM_SEEDS");
        var clock = Stopwatch.StartNew();
        var (seed, faults, last) = (only ?? 1, 0, only ?? seeds ?? int.MaxValue);
        var failures = new List<string>();
        for (; seed <= last && failures.Count < MostFailures && (only is not null || seeds is not null || clock.Elapsed < Budget); seed++)
        {
            var (description, problems, hits) = RunSimulation.Run(seed);
            faults += hits;
            if (problems.Count > 0)
            {
                failures.Add(
                    $"Seed {seed} (FANOUT_SIM_SEED={seed} dotnet test tests/Fanout.Simulation --filter RunSimulationTests has the same faults):{Environment.NewLine}{description}{Environment.NewLine}{string.Join(Environment.NewLine, problems)}");
            }
        }

        output.WriteLine($"{seed - (only ?? 1)} seeds in {clock.Elapsed}; {faults} faults.");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.True(only is not null || faults > 0, "Nothing went wrong.");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
