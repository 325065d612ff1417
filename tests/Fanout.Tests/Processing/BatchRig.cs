using System.Buffers;
using System.Globalization;
using System.Text;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Processing.Limits;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>A run's scope over real parts (range source, file results) and a handler given as a delegate, without an engine.</summary>
internal sealed class BatchRig : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fanout-batch-").FullName;
    private int _executions;

    public BatchRig(
        RunSpec spec, Func<ItemContext, CancellationToken, ValueTask<string?>> handle, TimeProvider? time = null, RunHistory? history = null, bool lanesShareProcess = true,
        IResultStore? results = null)
    {
        Time = time ?? TimeProvider.System;
        Spec = spec;
        Handle = handle;
        LanesShareProcess = lanesShareProcess;
        Results = results ?? new FileResultStore(_directory);
        Source = new SourceFactory(
            new FanoutRegistry(), new NoServices(), () => Stream.Null, _ => throw new InvalidOperationException("No redrive here.")).Create(spec.Source);
        Scope = MakeScope(history ?? RunHistory.None);
    }

    public TimeProvider Time { get; }

    public RunSpec Spec { get; }

    public bool LanesShareProcess { get; }

    public Func<ItemContext, CancellationToken, ValueTask<string?>> Handle { get; set; }

    public IResultStore Results { get; }

    public ISource Source { get; set; }

    public RunScope Scope { get; private set; }

    public List<(CompletionReason Reason, string Message)> PersistedStops { get; } = [];

    /// <summary>Comes under the limits the spec names.</summary>
    public BatchRig Under(LimitHolder holder)
    {
        Scope.Join(holder);
        return this;
    }

    public static RunSpec Range(long items, FlowSpec? flow = null, FailureSpec? failure = null, BatchSpec? batch = null, ResultsSpec? results = null) => new()
    {
        Id = "run",
        Handler = new HandlerSpec("rig"),
        Source = new RangeSourceSpec { Start = 0, End = items },
        Flow = flow ?? new FlowSpec { Concurrency = 8 },
        Failure = failure ?? new FailureSpec(),
        Batch = batch ?? new BatchSpec(),
        Results = results ?? new ResultsSpec(),
    };

    /// <summary>As a process that works the run after this one died.</summary>
    public void Restart(long settled = 0) =>
        Scope = MakeScope(new RunHistory(true, new Counts(settled, 0, 0, 0), null));

    /// <summary>Has the source's readers opened by the test, which is handed how they are opened otherwise.</summary>
    public async Task InterceptReadersAsync(Func<Func<long, long, ValueTask<IItemReader>>, long, long, ValueTask<IItemReader>> open)
    {
        var inner = Source;
        var source = new Mock<ISource>();
        source.Setup(it => it.PlanAsync(It.IsAny<ISourceWorkspace>(), It.IsAny<CancellationToken>())).Returns(inner.PlanAsync);
        source.Setup(it => it.OpenAsync(It.IsAny<SourcePlan>(), It.IsAny<ISourceWorkspace>(), It.IsAny<long>(), It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken stopping) =>
                open((from, to) => inner.OpenAsync(plan, workspace, from, to, stopping), start, end));
        await Scope.DisposeAsync();
        Source = source.Object;
        Restart();
    }

    public async Task<SourcePlan> PlanAsync() =>
        await Source.PlanAsync(new DirectoryWorkspace(Path.Combine(_directory, "source")), CancellationToken.None);

    public async Task<BatchResult> WorkAsync(
        long start, long end, IReadOnlyList<PendingItem>? pending = null, string key = "b0001-l00-00000", int lane = 0, int lanes = 1, long epoch = 1, IReadOnlyList<KeyRest>? keys = null, CancellationToken stopping = default)
    {
        var plan = await PlanAsync();
        var activities = new Fanout.Orchestration.Activities(null!, null!, Results, Time);
        var input = new BatchInput("run", key, plan, start, end, pending ?? [], lane, lanes, 1) { Keys = keys ?? [] };
        return await activities.WorkBatchAsync(Scope, input, epoch, stopping);
    }

    public async Task<List<ResultLine>> ReadAsync(BatchResult result)
    {
        var lines = new List<ResultLine>();
        await foreach (var line in new ResultReader(Results).ReadAsync("run", result.Parts, new ResultQuery()))
            lines.Add(line);
        return lines;
    }

    /// <summary>Waits until the run looks as it should. The one place that polls: progress is looked at, it does not call.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (!condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Scope.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private RunScope MakeScope(RunHistory history)
    {
        var scope = new RunScope(Spec, new RunScopeServices
        {
            Handler = new DelegateHandler(this),
            Reduction = Spec.Results.Reduce is { } name ? Reductions()[name] : null,
            Source = Source,
            Workspace = new DirectoryWorkspace(Path.Combine(_directory, "source")),
            Results = Results,
            Time = Time,
            Logger = NullLogger.Instance,
            Jitter = () => 0.5,
            NewExecutionId = () => Interlocked.Increment(ref _executions).ToString("x8", CultureInfo.InvariantCulture),
            LanesShareProcess = LanesShareProcess,
            PersistStop = (reason, message) =>
            {
                lock (PersistedStops)
                    PersistedStops.Add((reason, message));
                return Task.CompletedTask;
            },
        }, history);
        scope.Apply(RunControl.Initial);
        return scope;
    }

    private static Dictionary<string, IReduction> Reductions()
    {
        var registry = new FanoutRegistry();
        BuiltInReductions.AddTo(registry);
        return registry.Reductions;
    }

    private sealed class DelegateHandler(BatchRig rig) : ItemHandler
    {
        public override async ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            if (await rig.Handle(context, cancellationToken) is { } json)
                output.Write(Encoding.UTF8.GetBytes(json));
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
