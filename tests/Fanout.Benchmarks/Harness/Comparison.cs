namespace Fanout.Benchmarks.Harness;

/// <summary>Measures scenarios: warm-up rounds, then ours and the baseline in turn.</summary>
internal sealed class Comparison(BenchmarkOptions options, TextWriter progress)
{
    public async Task<Finding> RunAsync(IScenario scenario)
    {
        if (scenario.Unavailable is { } reason)
        {
            progress.WriteLine($"{scenario.Name}: {reason}");
            return new Finding(scenario, []);
        }

        progress.WriteLine($"{scenario.Name}: {scenario.Description}");
        using var scratch = new Scratch();
        var rounds = new List<Round>();
        for (var number = options.OnlyOurs ? 1 : 1 - scenario.WarmUps; number <= (options.Rounds ?? scenario.Rounds); number++)
        {
            var round = await MeasureAsync(scenario, scratch);
            progress.WriteLine($"  {(number < 1 ? "warm-up" : $"round {number}")}: {Describe(scenario.Goal, round)}");
            if (number > 0)
                rounds.Add(round);
        }

        return new Finding(scenario, rounds);
    }

    private async Task<Round> MeasureAsync(IScenario scenario, Scratch scratch)
    {
        var ours = await MeasureAsync(scenario.MeasureOursAsync, scratch);
        return new Round(ours, options.OnlyOurs ? null : await MeasureAsync(scenario.MeasureBaselineAsync, scratch));
    }

    // Neither garbage nor unwritten pages of one measure are to be paid for by the next.
    private async Task<T> MeasureAsync<T>(Func<Scratch, Task<T>> measure, Scratch scratch)
    {
        Settle();
        var allocated = GC.GetTotalAllocatedBytes();
        var collections = GC.CollectionCount(0);
        var measured = await measure(scratch);
        if (options.OnlyOurs)
            progress.WriteLine($"  in this process: {(GC.GetTotalAllocatedBytes() - allocated) / 1_000_000.0:N1} MB allocated, {GC.CollectionCount(0) - collections} collections");
        scratch.Clear();
        return measured;
    }

    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        if (OperatingSystem.IsLinux())
            Processes.Run("sync");
    }

    private static string Describe(Goal goal, Round round) =>
        $"ours {goal.FormatMeasure(round.Ours)}"
        + (round.Baseline is { } baseline ? $", baseline {goal.FormatMeasure(baseline)}, {goal.FormatFigure(goal.FigureOf(round)!.Value)}" : "");
}
