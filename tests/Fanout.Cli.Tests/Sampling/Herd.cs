using System.Globalization;
using Fanout.Cli.Tests.Processes;

namespace Fanout.Cli.Tests.Sampling;

/// <summary>Ten processes that drive fifty runs under one limit, all of whose handlers tell one sampler what they do.</summary>
internal sealed class Herd : IAsyncDisposable
{
    /// <summary>Runs in each process: not equally many, so that shares of processes are no whole numbers.</summary>
    private static readonly int[] RunsOf = [1, 2, 3, 4, 5, 5, 6, 7, 8, 9];

    private readonly ProcessHome _home = new();
    private readonly List<AppProcess?> _processes = [];
    private readonly Func<int, string> _flow;
    private readonly double _workMilliseconds;

    /// <param name="workMilliseconds">What each item takes.</param>
    /// <param name="flow">More of a run's flow, such as <c>"weight": 2</c>, by its number.</param>
    public Herd(double workMilliseconds, Func<int, string>? flow = null)
    {
        _workMilliseconds = workMilliseconds;
        _flow = flow ?? (_ => "");
    }

    /// <summary>Counts what the handlers do.</summary>
    public StartSampler Sampler { get; } = new(TimeProvider.System);

    /// <summary>Processes.</summary>
    public static int Processes => RunsOf.Length;

    /// <summary>Runs.</summary>
    public static int Runs => RunsOf.Sum();

    /// <summary>A run's id.</summary>
    public static string RunId(int number) => string.Create(CultureInfo.InvariantCulture, $"r{number:D2}");

    /// <summary>What each run had of what is fair, by its weight.</summary>
    /// <param name="shares">What each had of the whole.</param>
    /// <param name="weight">A run's weight, by its number; null: all have the same.</param>
    public static IReadOnlyList<double> SharesOfIdeal(IReadOnlyDictionary<string, double> shares, Func<int, double>? weight = null)
    {
        weight ??= _ => 1;
        var weights = Enumerable.Range(0, Runs).Sum(weight);
        return [.. Enumerable.Range(0, Runs).Select(run => shares.GetValueOrDefault(RunId(run)) * weights / weight(run))];
    }

    /// <summary>Sets the limit.</summary>
    public async Task SetLimitAsync(params string[] limit) =>
        (await AppProcess.RunAsync(AppProcess.Fanout, ["limit", "set", "herd", .. limit, "--home", _home.Path])).AssertCode(0);

    /// <summary>Starts every process; each drives its runs until it is killed.</summary>
    public void Start()
    {
        for (var process = 0; process < Processes; process++)
        {
            _processes.Add(null);
            Restart(process);
        }
    }

    /// <summary>Waits until every run has begun an item. Fails when a process ends instead.</summary>
    public async Task UntilAllBeganAsync()
    {
        var all = Sampler.UntilAllRunsAsync(Runs);
        await Task.WhenAny([all, .. _processes.Select(process => process!.Ended)]);
        foreach (var ended in _processes.Where(process => process!.HasExited))
            (await ended!.ExitAsync()).AssertCode(-1);
        await all;
    }

    /// <summary>Starts a process again: it goes on with its runs.</summary>
    public void Restart(int process) => _processes[process] = _home.Start(["herd", _home.Path, .. RunNumbers(process).Select(SpecFile)]);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync(int process)
    {
        await _processes[process]!.DisposeAsync();
        _processes[process] = null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (process is not null)
                await process.DisposeAsync();
        }

        await Sampler.DisposeAsync();
        _home.Dispose();
    }

    private static IEnumerable<int> RunNumbers(int process) => Enumerable.Range(RunsOf.Take(process).Sum(), RunsOf[process]);

    private string SpecFile(int run)
    {
        var path = Path.Combine(_home.Root, $"{RunId(run)}.json");
        if (!File.Exists(path))
            File.WriteAllText(path, Spec(run));
        return path;
    }

    private string Spec(int run)
    {
        var flow = string.Join(", ", new[] { "\"concurrency\": 16", "\"limits\": [\"herd\"]", _flow(run) }.Where(field => field.Length > 0));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "id": "{{RunId(run)}}",
              "handler": { "name": "sampled", "options": { "sampler": "{{Sampler.Address}}", "work": {{_workMilliseconds}} } },
              "source": { "kind": "range", "start": 0, "end": 1000000000 },
              "flow": { {{flow}} }
            }
            """);
    }
}
