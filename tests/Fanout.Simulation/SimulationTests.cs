using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Simulation;

/// <summary>
/// Production engine code in virtual time, with processes that die at every point a commit has. <c>FANOUT_SIM_SEEDS</c> says how many seeds
/// (default: as many as fit into 20 s), <c>FANOUT_SIM_SEED</c> runs one and prints its trace.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    [Fact]
    public void EveryOrchestration_ComesToWhatTheModelSays()
    {
        if (Number("FANOUT_SIM_SEED") is { } only)
        {
            var (trace, problems, _) = Simulation.Run(only);
            output.WriteLine(trace);
            Assert.True(problems.Count == 0, $"Seed {only}: {string.Join(Environment.NewLine, problems)}");
            return;
        }

        var seeds = Number("FANOUT_SIM_SEEDS");
        var clock = Stopwatch.StartNew();
        var refused = 0;
        var seed = 1;
        for (; seeds is { } count ? seed <= count : clock.Elapsed < Budget; seed++)
        {
            var (_, problems, refusedCommits) = Simulation.Run(seed);
            refused += refusedCommits;
            Assert.True(
                problems.Count == 0,
                $"Seed {seed} (FANOUT_SIM_SEED={seed} replays it): {string.Join(Environment.NewLine, problems)}");
        }

        output.WriteLine($"{seed - 1} seeds in {clock.Elapsed}; {refused} commits of zombies refused.");
    }

    [Fact]
    public void SameSeed_DoesTheSame()
    {
        for (var seed = 1; seed <= 5; seed++)
            Assert.Equal(Simulation.Run(seed).Trace, Simulation.Run(seed).Trace);
    }

    [Fact]
    public void Zombies_AreAmongWhatIsSimulated() =>
        Assert.Contains(Enumerable.Range(1, 60), seed => Simulation.Run(seed).RefusedCommits > 0);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
