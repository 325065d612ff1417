using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>How long a run of one item takes, in a home that is open, when everything it needs was used before.</summary>
internal sealed class OneScenario : IScenario
{
    private const int WarmUpRuns = 300;
    private const int Runs = 201;
    private int _measures;

    public string Name => "one";

    public string Description => $"a run of one no-op item from start to report, in a home open in this process; the median of {Runs}, after {WarmUpRuns} that do not count";

    public Goal Goal { get; } = new("ms", Comparing.Value, 10);

    public int Rounds => 3;

    // Where the just-in-time compiler is not done, it is what is measured.
    public int WarmUps => 6;

    public async Task<double> MeasureOursAsync(Scratch scratch)
    {
        // Kept until the end: ext4 passes over inodes that were deleted in the last minutes one by one, and would be what is measured.
        await using var home = await EmbeddedHome.OpenAsync(scratch.Shared($"home-{_measures++}", static _ => { }));
        List<TimeSpan> took = [];
        for (var run = 0; run < WarmUpRuns + Runs; run++)
        {
            var spec = RunRequest.Range(1, "noop", concurrency: 1);
            spec["id"] = string.Create(CultureInfo.InvariantCulture, $"one-{run}");
            took.Add(await home.DriveAsync(spec, 1));
        }

        return took.Skip(WarmUpRuns).Order().ElementAt(Runs / 2).TotalMilliseconds;
    }

    public Task<double?> MeasureBaselineAsync(Scratch scratch) => Task.FromResult<double?>(null);
}
