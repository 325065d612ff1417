using System.Runtime.CompilerServices;
using Fanout.Dispatch;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Specs;

namespace Fanout.Cli.Tests.Support;

/// <summary>A home in memory; whoever drives a run is another process. Driving a run does what <see cref="OnDrive"/> says.</summary>
public sealed class FakeHome : IFanoutHome, IRunClient, IRunDriver
{
    public Dictionary<string, RunRecord> Runs { get; } = [];

    public List<string> Calls { get; } = [];

    public List<RunSpec> Started { get; } = [];

    public List<ResultLine> Results { get; } = [];

    public Dictionary<string, RunProgress> Observed { get; } = [];

    /// <summary>What driving a run comes to; the default is that it succeeds at once.</summary>
    public Func<string, CancellationToken, CancellationToken, Task<RunReport?>> OnDrive { get; set; } =
        (runId, _, _) => Task.FromResult<RunReport?>(Given.Report(runId));

    /// <summary>Called before a record is read; tests change the record here.</summary>
    public Action<string>? OnGet { get; set; }

    public Func<RunSpec, Task>? OnStart { get; set; }

    public PlanPreview Preview { get; set; } = new(1_000, 1, 4, 64, new Allotment(16, null, 1), null, "");

    public HomeOptions? Options { get; set; }

    public bool Disposed { get; private set; }

    public IRunClient Client => this;

    public IRunDriver Driver => this;

    public FakeLimits Limits { get; } = new();

    ILimitClient IFanoutHome.Limits => Limits;

    public IRequestQueue? Requests { get; set; }

    public FanoutRegistry Registry { get; } = Given.Registry();

    public async Task<StartedRun> StartAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        if (OnStart is not null)
            await OnStart(spec);
        Started.Add(spec);
        var id = spec.Id!;
        if (Runs.TryGetValue(id, out var existing))
        {
            return existing.SpecJson == SpecWriter.Write(spec)
                ? new StartedRun(id, Created: false)
                : throw new RunException(id, $"Run {id} exists with another spec. Choose another id.");
        }

        Runs[id] = Given.Record(id) with { SpecJson = SpecWriter.Write(spec) };
        return new StartedRun(id, Created: true);
    }

    public Task<PlanPreview> PreviewAsync(RunSpec spec, CancellationToken cancellationToken) => Task.FromResult(Preview);

    public Task<RunRecord> GetAsync(string runId, CancellationToken cancellationToken)
    {
        OnGet?.Invoke(runId);
        return Task.FromResult(Find(runId));
    }

    public Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var runs = Runs.Values.OrderByDescending(r => r.Id, StringComparer.Ordinal).AsEnumerable();
        if (query.Status is { } status)
            runs = runs.Where(r => status.Contains(r.Status));
        if (query.After is { } after)
            runs = runs.Where(r => string.CompareOrdinal(r.Id, after) < 0);
        return Task.FromResult<IReadOnlyList<RunRecord>>([.. runs.Take(query.Limit)]);
    }

    public Task PauseAsync(string runId, CancellationToken cancellationToken) => Change("pause", runId, c => c with { Paused = true });

    public Task ResumeAsync(string runId, CancellationToken cancellationToken) => Change("resume", runId, c => c with { Paused = false });

    public Task CancelAsync(string runId, CancellationToken cancellationToken) =>
        Change("cancel", runId, c => c with { Stop = CompletionReason.CancelledByRequest });

    public Task RetuneAsync(string runId, Retune change, CancellationToken cancellationToken) =>
        Change(change.ToString(), runId, c => c with { Concurrency = change.Concurrency });

    public Task PurgeAsync(string runId, CancellationToken cancellationToken)
    {
        Calls.Add($"purge {runId}");
        if (Find(runId).Report is null)
            throw new RunException(runId, $"Run {runId} has not ended. Cancel it first.");
        Runs.Remove(runId);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<ResultLine> ReadResultsAsync(
        string runId, ResultQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Find(runId);
        await Task.CompletedTask;
        foreach (var line in Results.Where(l => l.Index >= query.From && query.Status?.Contains(l.Status) != false).OrderBy(l => l.Index).ToList())
            yield return line;
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadResultLinesAsync(string runId, ResultQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No command reads raw lines.");

    public Task<RunTree> ReadTreeAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException("No command reads trees.");

    public string LocateResults(string runId) => $"/home/results/{runId}";

    public async Task<RunReport?> DriveAsync(string runId, CancellationToken stop, CancellationToken abort)
    {
        if (Find(runId).DrivenBy is { } other)
            throw new RunException(runId, $"Run {runId} is being driven by {other}.");
        Calls.Add($"drive {runId}");
        var report = await OnDrive(runId, stop, abort);
        if (report is not null)
            Runs[runId] = Runs[runId] with { Report = report };
        return report;
    }

    public RunProgress? Observe(string runId) => Observed.GetValueOrDefault(runId);

    public Task<RunReport> WaitAsync(string runId, CancellationToken cancellationToken) => Task.FromResult(Find(runId).Report!);

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }

    private RunRecord Find(string runId) =>
        Runs.GetValueOrDefault(runId) ?? throw new RunException(runId, $"There is no run {runId}.");

    private Task Change(string call, string runId, Func<RunControl, RunControl> change)
    {
        Calls.Add($"{call} {runId}");
        var record = Find(runId);
        if (record.Report is not null)
            throw new RunException(runId, $"Run {runId} has ended.");
        Runs[runId] = record with { Control = change(record.Control) };
        return Task.CompletedTask;
    }
}
