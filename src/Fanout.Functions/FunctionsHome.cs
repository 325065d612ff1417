using Fanout.Api;
using Fanout.Azure;
using Fanout.Azure.Queues;
using Fanout.Dispatch;
using Fanout.Functions.Engine;
using Fanout.Handlers;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Runs;
using Fanout.Views;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fanout.Functions;

/// <summary>What an instance of the app has in common over its functions: the hub's storage, the runs it works, and what it can run.</summary>
internal sealed class FunctionsHome : IAsyncDisposable
{
    private static readonly TimeSpan CloseEvery = TimeSpan.FromSeconds(30);

    private readonly HomeStorage _storage;
    private readonly RunScopes _scopes;
    private readonly ITimer _closing;
    private readonly Lazy<Capabilities> _capabilities;

    public FunctionsHome(AzureStorage storage, FanoutRegistry registry, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    {
        Registry = registry;
        Time = time;
        _storage = AzureHome.Orchestrate(storage, time, loggers);
        Environment = HomeEnvironment.Create(_storage, ProcessOwner.Create(), registry, services, time) with
        {
            LanesShareProcess = false,
            BindAsync = cancellationToken => _storage.BindAsync!("", cancellationToken),
        };
        _scopes = new RunScopes(Environment, forWorker: true);
        Worker = new BatchWorker(Environment, new BatchWorkerOptions { Visibility = AzureTriggers.Visibility });
        Triggers = new AzureTriggers(storage, loggers);
        new Activities(_scopes, Environment.Catalog, Environment.Results, time, queue: Environment.Queue).AddTo(Orchestrations, registry);
        Limits = new LimitClient(Environment.Limits, Environment.Catalog, time);
        _capabilities = new Lazy<Capabilities>(() => Capabilities.Of(Registry, "DurableFunctions", Rules) with { Queue = true });
        _closing = time.CreateTimer(static scopes => _ = ((RunScopes)scopes!).CloseEndedAsync(), _scopes, CloseEvery, CloseEvery);
    }

    /// <summary>Makes it from the app's settings and services.</summary>
    public static FunctionsHome Create(FunctionsSettings settings, IServiceProvider services) => new(
        settings.Connect(), services.GetRequiredService<FanoutRegistry>(), services, TimeProvider.System, services.GetRequiredService<ILoggerFactory>())
    {
        RetainFor = settings.RetainFor,
    };

    /// <summary>What specs may name.</summary>
    public FanoutRegistry Registry { get; }

    public TimeProvider Time { get; }

    /// <summary>How long runs that have ended are kept.</summary>
    public required TimeSpan RetainFor { get; init; }

    public RunEnvironment Environment { get; }

    /// <summary>What requests may ask for: no commands, and no files of whichever instance.</summary>
    public RequestRules Rules { get; } = new();

    /// <summary>The limits that the hub's runs share.</summary>
    public ILimitClient Limits { get; }

    /// <summary>Works batches that came through the queue.</summary>
    public BatchWorker Worker { get; }

    public AzureTriggers Triggers { get; }

    /// <summary>The orchestrators and activities by name.</summary>
    public OrchestrationRegistry Orchestrations { get; } = new();

    /// <summary>Everything one may ask of runs, over the task hub that a function was given.</summary>
    public RunClient ClientOver(DurableTaskClient client)
    {
        var engine = new DurableClient(client);
        return new RunClient(EnvironmentOver(engine), engine, _scopes, _storage.DeleteWorkspace);
    }

    /// <summary>Mends what crashes have left.</summary>
    public RunRepair RepairOver(DurableTaskClient client) => new(ClientOver(client), Environment, new DurableClient(client));

    /// <summary>What the HTTP API is answered from.</summary>
    public ApiHome ApiOver(DurableTaskClient client) => new()
    {
        Runs = ClientOver(client),
        Limits = Limits,
        Registry = Registry,
        Rules = Rules,
        Capabilities = _capabilities.Value,
    };

    private RunEnvironment EnvironmentOver(DurableClient engine) => Environment with
    {
        SignalAsync = (runId, control) => engine.RaiseEventAsync(runId, ControlSignal.EventName, ControlSignal.Of(control)),
    };

    public async ValueTask DisposeAsync()
    {
        await _closing.DisposeAsync().ConfigureAwait(false);
        await Worker.DisposeAsync().ConfigureAwait(false);
        await _scopes.DisposeAsync().ConfigureAwait(false);
        await Environment.LimitShares.DisposeAsync().ConfigureAwait(false);
    }
}
