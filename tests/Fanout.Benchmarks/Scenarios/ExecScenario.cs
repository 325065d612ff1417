using System.Globalization;
using Fanout.Benchmarks.Harness;
using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>A process for each item, as whole commands: each side's start and end are counted, with enough items that they are a small part.</summary>
internal sealed class ExecScenario : IScenario
{
    private const int Concurrency = 4;
    private readonly string _rival;
    private readonly string _rivalArguments;
    private readonly long _items;

    private ExecScenario(string rival, string rivalArguments, long items, double bound)
    {
        _rival = rival;
        _rivalArguments = rivalArguments;
        _items = items;
        Goal = new Goal("items/s", Comparing.Ratio, bound);
    }

    public string Name => $"exec-{_rival}";

    public string Description => $"{_items:N0} times `true` by the command, start-up included, against {_rival}; both {Concurrency} at once";

    public Goal Goal { get; }

    public int Rounds => 3;

    public string? Unavailable => OperatingSystem.IsWindows() || !IsInstalled(_rival) ? $"{_rival} is not installed." : null;

    public static ExecScenario AgainstXargs(double scale) =>
        new("xargs", string.Create(CultureInfo.InvariantCulture, $"-P {Concurrency} -n 1 true"), (long)(20_000 * scale), 0.85);

    // Fewer items: it takes milliseconds for each.
    public static ExecScenario AgainstParallel(double scale) =>
        new("parallel", string.Create(CultureInfo.InvariantCulture, $"--will-cite -j {Concurrency} true"), (long)(10_000 * scale), 4);

    public Task<double> MeasureOursAsync(Scratch scratch)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"0..{_items}");
        var concurrency = Concurrency.ToString(CultureInfo.InvariantCulture);
        var elapsed = FanoutCommand.Run("run", "--range", range, "--concurrency", concurrency, "--quiet", "--home", scratch.Own("home"), "--", "true", "{}");
        return Task.FromResult(_items / elapsed.TotalSeconds);
    }

    public Task<double?> MeasureBaselineAsync(Scratch scratch)
    {
        var elapsed = Processes.Run("sh", "-c", string.Create(CultureInfo.InvariantCulture, $"seq 0 {_items - 1} | {_rival} {_rivalArguments}"));
        return Task.FromResult<double?>(_items / elapsed.TotalSeconds);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
