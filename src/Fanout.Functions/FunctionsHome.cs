using Fanout.Azure;
using Fanout.Azure.Queues;
using Fanout.Dispatch;
using Fanout.Functions.Engine;
using Fanout.Handlers;
using Fanout.Orchestration;
using Fanout.Processing;
using Fanout.Runs;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fanout.Functions;

/// <summary>What an instance of the app has in common over its functions: the hub's storage, the runs it works, and what it can run.</summary>
internal sealed class FunctionsHome : IAsyncDisposable
{
    private const string StorageScheme = "azure:";

    private static readonly TimeSpan CloseEvery = TimeSpan.FromSeconds(30);

    private readonly HomeStorage _storage;
    private readonly RunScopes _scopes;
    private readonly ITimer _closing;

    public FunctionsHome(AzureStorage storage, FanoutRegistry registry, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    {
        Registry = registry;
        Time = time;
        _storage = AzureHome.Work(storage, time, loggers);
        Environment = HomeEnvironment.Create(_storage, ProcessOwner.Create(), registry, services, time) with { LanesShareProcess = false };
        _scopes = new RunScopes(Environment, forWorker: true);
        Worker = new BatchWorker(Environment);
        Triggers = new AzureTriggers(storage, loggers);
        new Activities(_scopes, Environment.Catalog, Environment.Results, time, queue: Environment.Queue).AddTo(Orchestrations, registry);
        _closing = time.CreateTimer(static scopes => _ = ((RunScopes)scopes!).CloseEndedAsync(), _scopes, CloseEvery, CloseEvery);
    }

    /// <summary>
    /// Makes it from the settings: <c>Fanout:Storage</c> as for <c>fanout --storage</c>, <c>azure:ACCOUNT</c> or <c>azure:CONNECTION-STRING</c>, without which it is
    /// the host's own account (<c>AzureWebJobsStorage</c>); <c>Fanout:Hub</c>; and <c>Fanout:RetainFor</c>, how long runs that have ended are kept (default: <c>7d</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException">No account is given.</exception>
    public static FunctionsHome Create(IConfiguration settings, IServiceProvider services)
    {
        var account = settings["Fanout:Storage"] ?? settings["AzureWebJobsStorage"] ?? settings["AzureWebJobsStorage:accountName"]
            ?? throw new InvalidOperationException("No storage account is given: set Fanout__Storage to azure:ACCOUNT or azure:CONNECTION-STRING.");
        if (account.StartsWith(StorageScheme, StringComparison.Ordinal))
            account = account[StorageScheme.Length..];
        var storage = AzureStorage.Connect(account, new AzureStorageOptions { Hub = settings["Fanout:Hub"] ?? AzureStorageOptions.DefaultHub });
        return new FunctionsHome(
            storage, services.GetRequiredService<FanoutRegistry>(), services, TimeProvider.System, services.GetRequiredService<ILoggerFactory>())
        {
            RetainFor = HumanDuration.Parse(settings["Fanout:RetainFor"] ?? "7d"),
        };
    }

    /// <summary>What specs may name.</summary>
    public FanoutRegistry Registry { get; }

    public TimeProvider Time { get; }

    /// <summary>How long runs that have ended are kept.</summary>
    public required TimeSpan RetainFor { get; init; }

    public RunEnvironment Environment { get; }

    /// <summary>Works batches that came through the queue.</summary>
    public BatchWorker Worker { get; }

    public AzureTriggers Triggers { get; }

    /// <summary>The orchestrators and activities by name.</summary>
    public OrchestrationRegistry Orchestrations { get; } = new();

    /// <summary>Everything one may ask of runs, over the task hub that a function was given.</summary>
    public RunClient ClientOver(DurableTaskClient client)
    {
        var engine = new DurableClient(client);
        var environment = Environment with
        {
            SignalAsync = (runId, control) => engine.RaiseEventAsync(runId, ControlSignal.EventName, ControlSignal.Of(control)),
        };
        return new RunClient(environment, engine, _scopes, _storage.DeleteWorkspace);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.DisposeAsync().ConfigureAwait(false);
        await Worker.DisposeAsync().ConfigureAwait(false);
        await _scopes.DisposeAsync().ConfigureAwait(false);
        await Environment.LimitShares.DisposeAsync().ConfigureAwait(false);
    }
}
