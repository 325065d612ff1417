using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>The figures Fanout is built for.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<string> Names { get; } = [.. Create(1).Select(scenario => scenario.Name)];

    public static IReadOnlyList<IScenario> Create(double scale) =>
    [
        new NoopScenario(scale),
        new DelayScenario(scale),
        new MemoryScenario(scale),
        new ResumeScenario(scale),
        ExecScenario.AgainstXargs(scale),
        ExecScenario.AgainstParallel(scale),
        new WorkersScenario(scale),
        new OperationsScenario(scale),
        new ServeScenario(scale),
    ];
}
