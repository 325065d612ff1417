using Fanout.Flow;
using Fanout.Orchestration;
using Fanout.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>What is mended where no process drives runs.</summary>
public sealed class RunRepairTests : IAsyncLifetime
{
    private const string Spec = """{ "id": "r", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 10 } }""";

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddMinutes(5));
    private readonly Engine _engine = new();
    private TestHome _home = null!;

    private IRunCatalog Catalog => _home.Fanout.Environment.Catalog;

    private RunRepair Repair
    {
        get
        {
            var environment = _home.Fanout.Environment with { Time = _time };
            var scopes = new Fanout.Processing.RunScopes(environment);
            return new RunRepair(new RunClient(environment, _engine, scopes, (_, _) => ValueTask.CompletedTask), environment, _engine);
        }
    }

    public async Task InitializeAsync()
    {
        _home = await TestHome.OpenAsync();
        await _home.StartAsync(Spec);
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task RunThatWasNeverBegun_IsBegun()
    {
        await Repair.RepairAsync(CancellationToken.None);
        Assert.Equal(["r"], _engine.Scheduled);
    }

    [Fact]
    public async Task RunThatIsJustBeingStarted_IsLeftAlone()
    {
        await Catalog.DeleteAsync("r", CancellationToken.None);
        await Catalog.TryAddAsync(new RunRecord { Id = "new", SpecJson = "{}", CreatedAt = _time.GetUtcNow().AddSeconds(-30) }, CancellationToken.None);
        await Repair.RepairAsync(CancellationToken.None);
        Assert.Empty(_engine.Scheduled);
    }

    [Fact]
    public async Task RunWhoseOrchestrationDied_IsClosedAsFailed()
    {
        await Catalog.SetProgressAsync("r", ProgressShard.Coordinator, new RunProgress { At = _time.GetUtcNow(), Total = 10, Succeeded = 3 }, CancellationToken.None);
        _engine.Instance = Metadata(OrchestrationStatus.Failed) with { Failure = new FailureDetails("NonDeterministic", "its code does not fit its history") };
        await Repair.RepairAsync(CancellationToken.None);
        var run = (await Catalog.GetAsync("r", CancellationToken.None))!;
        Assert.Equal((RunStatus.Failed, CompletionReason.InternalFailure), (run.Report!.Status, run.Report.Reason));
        Assert.Contains("its code does not fit its history", run.Report.Message, StringComparison.Ordinal);
        Assert.Equal((3L, 7L), (run.Report.Tally.Succeeded, run.Report.NotStarted));
        await Repair.RepairAsync(CancellationToken.None);
        Assert.Equal(run.Report.EndedAt, (await Catalog.GetAsync("r", CancellationToken.None))!.Report!.EndedAt);
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, false, 1)]
    [InlineData(true, true, 1)]
    public async Task OrchestrationThatMayNotHaveHeard_IsTold(bool paused, bool stopped, int signals)
    {
        _engine.Instance = Metadata(OrchestrationStatus.Running);
        await Catalog.UpdateControlAsync("r", control => control with { Paused = !paused }, CancellationToken.None);
        await Catalog.UpdateControlAsync(
            "r", control => control with { Paused = paused, Stop = stopped ? CompletionReason.CancelledByRequest : null }, CancellationToken.None);
        await Repair.RepairAsync(CancellationToken.None);
        Assert.Equal(signals, _engine.Signals.Count);
        Assert.All(_engine.Signals, signal => Assert.Equal((paused, stopped), (signal.Paused, signal.Stop is not null)));
    }

    [Fact]
    public async Task RunThatIsWorked_IsNotTold()
    {
        _engine.Instance = Metadata(OrchestrationStatus.Running);
        await Catalog.UpdateControlAsync("r", control => control with { Concurrency = 3 }, CancellationToken.None);
        await Catalog.SetProgressAsync("r", ProgressShard.Coordinator, new RunProgress { At = _time.GetUtcNow().AddSeconds(-5) }, CancellationToken.None);
        await Repair.RepairAsync(CancellationToken.None);
        Assert.Empty(_engine.Signals);
    }

    [Fact]
    public async Task SharesLeftBehind_AreDropped()
    {
        await _home.Fanout.Limits.SetAsync(new LimitSpec("crm", 5, null, 1), CancellationToken.None);
        var limits = _home.Fanout.Environment.Limits;
        LimitHolding[] holdings =
        [
            new("gone:1:2:3", _time.GetUtcNow().AddMinutes(-2), 5, 0, [new LimitRunShare("r", 1, 5, 5)]),
            new("here:1:2:3", _time.GetUtcNow().AddSeconds(4), 0, 0, [new LimitRunShare("r", 1, 5, 0)]),
        ];
        await limits.UpdateAsync("crm", ledger => (ledger! with { Holdings = holdings }, true), CancellationToken.None);
        await Repair.RepairAsync(CancellationToken.None);
        Assert.Equal(["here:1:2:3"], (await limits.GetAsync("crm", CancellationToken.None))!.Holdings.Select(holding => holding.Owner));
    }

    private OrchestrationMetadata Metadata(OrchestrationStatus status) => new("r", "run", status, _time.GetUtcNow(), _time.GetUtcNow(), null, null, null, 0);

    /// <summary>An engine that executes nothing and remembers what it was asked.</summary>
    private sealed class Engine : IOrchestrationClient
    {
        public OrchestrationMetadata? Instance { get; set; }

        public List<string> Scheduled { get; } = [];

        public List<ControlSignal> Signals { get; } = [];

        public Task<bool> ScheduleNewOrchestrationInstanceAsync(string orchestratorName, object? input, string instanceId, CancellationToken cancellationToken = default)
        {
            Scheduled.Add(instanceId);
            return Task.FromResult(true);
        }

        public Task RaiseEventAsync(string instanceId, string eventName, object? payload, CancellationToken cancellationToken = default)
        {
            Signals.Add((ControlSignal)payload!);
            return Task.CompletedTask;
        }

        public Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default) => Task.FromResult(Instance);

        public Task TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
