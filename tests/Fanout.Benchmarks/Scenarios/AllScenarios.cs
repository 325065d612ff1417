using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>The figures Fanout is built for.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<string> Names { get; } = [.. Create(new BenchmarkOptions()).Select(scenario => scenario.Name)];

    public static IReadOnlyList<IScenario> Create(BenchmarkOptions options)
    {
        var scale = options.Scale;
        return
        [
            Rates.Noop(scale),
            Rates.FiveMilliseconds(scale),
            new MemoryScenario(scale),
            .. ResumeScenario.Sweep(scale),
            new OneScenario(),
            new StartScenario(),
            .. ItemCostScenario.Sweep(scale),
            new InstructionsScenario(scale),
            ExecScenario.AgainstXargs(scale),
            ExecScenario.AgainstParallel(scale),
            new WorkersScenario(scale),
            new OperationsScenario(scale),
            new ServeScenario(scale),
            .. Rates.Slow(scale),
            .. ItemsScenario.Sweep(scale),
            .. Rates.Concurrency(scale),
            .. Rates.Payload(scale),
            .. Rates.Others(options),
        ];
    }
}
