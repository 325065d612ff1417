using System.Net;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using DurableTask.AzureStorage;
using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance;
using Fanout.Functions.Engine;
using Fanout.Orchestration;
using Fanout.Serialization;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using CoreFailure = DurableTask.Core.FailureDetails;

namespace Fanout.Functions.Tests.Engine;

/// <summary>
/// Durable Task in this process, over Azurite: the dispatchers and the storage that the Functions host has, the contexts its workers have, and the
/// client they have, which asks the test host's gRPC server. A crash cuts the engine off from its storage.
/// </summary>
internal sealed class DurableTaskHost : IEngineHost
{
    private static readonly JsonDataConverter Converter = new(FanoutJson.Options);
    private static int _hubs;

    private readonly string _connection;
    private readonly string _hub = $"conformance{Interlocked.Increment(ref _hubs)}";
    private Running? _running;

    private DurableTaskHost(string connection) => _connection = connection;

    public IOrchestrationClient Client => _running!.Client;

    public static async Task<IEngineHost> StartAsync(OrchestrationRegistry registry)
    {
        var host = new DurableTaskHost((await Azurite.SharedAsync()).ConnectionString);
        await host.RestartAsync(registry);
        return host;
    }

    public async Task CrashAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _running = null;
    }

    public async Task RestartAsync(OrchestrationRegistry registry, params string[] rootInstanceIds)
    {
        await CrashAsync();
        _running = await Running.StartAsync(_connection, _hub, registry);
    }

    public async ValueTask DisposeAsync() => await CrashAsync();

    private sealed class Running(Plug plug, TaskHubWorker worker, WebApplication server, GrpcChannel channel, IHost clients) : IAsyncDisposable
    {
        public DurableClient Client { get; } = new(clients.Services.GetRequiredService<DurableTaskClient>());

        public static async Task<Running> StartAsync(string connection, string hub, OrchestrationRegistry registry)
        {
            var plug = new Plug();
            var service = new AzureStorageOrchestrationService(SettingsOf(connection, hub, plug));
            await service.CreateIfNotExistsAsync();
            var worker = WorkerOf(service, registry);
            await worker.StartAsync();
            worker.TaskActivityDispatcher.IncludeDetails = true;
            worker.TaskOrchestrationDispatcher.IncludeDetails = true;
            var server = await ServeAsync(service);
            var channel = GrpcChannel.ForAddress(server.Urls.Single());
            return new Running(plug, worker, server, channel, ClientsOf(channel));
        }

        public async ValueTask DisposeAsync()
        {
            plug.Pull();
            // Without its storage it cannot give back what it holds: nobody waits for that.
            _ = worker.StopAsync(isForced: true).ContinueWith(_ => worker.Dispose(), TaskScheduler.Default);
            clients.Dispose();
            channel.Dispose();
            await server.DisposeAsync();
        }
    }

    // Short times: what a crash leaves is hidden for that long. The partitions are taken over at once, by the name of who had them.
    private static AzureStorageOrchestrationServiceSettings SettingsOf(string connection, string hub, Plug plug) => new()
    {
        TaskHubName = hub,
        WorkerId = "conformance",
        PartitionCount = 1,
        UseAppLease = false,
        MaxQueuePollingInterval = TimeSpan.FromMilliseconds(50),
        ControlQueueVisibilityTimeout = TimeSpan.FromSeconds(4),
        WorkItemQueueVisibilityTimeout = TimeSpan.FromSeconds(4),
        ThrowExceptionOnInvalidDedupeStatus = true,
        StorageAccountClientProvider = new StorageAccountClientProvider(
            new Service<BlobServiceClient, BlobClientOptions>(() => new BlobClientOptions { Transport = plug.Transport }, options => new BlobServiceClient(connection, options)),
            new Service<QueueServiceClient, QueueClientOptions>(() => new QueueClientOptions { Transport = plug.Transport }, options => new QueueServiceClient(connection, options)),
            new Service<TableServiceClient, TableClientOptions>(() => new TableClientOptions { Transport = plug.Transport }, options => new TableServiceClient(connection, options))),
    };

    private static TaskHubWorker WorkerOf(AzureStorageOrchestrationService service, OrchestrationRegistry registry)
    {
        var shims = new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = Converter });
        var worker = new TaskHubWorker(service) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };
        worker.AddTaskActivities([.. registry.Activities.Values.Select(activity => new Creator<TaskActivity>(activity.Name, () => shims.CreateActivity(activity.Name, new Activity(activity))))]);
        // The host answers for what the app does not have: the engine alone would wait until it does.
        worker.AddActivityDispatcherMiddleware((context, next) =>
        {
            var call = context.GetProperty<TaskScheduledEvent>();
            if (registry.Activities.ContainsKey(call.Name!))
                return next();
            context.SetProperty(new ActivityExecutionResult { ResponseEvent = new TaskFailedEvent(-1, call.EventId, reason: null, details: null, Unknown(call.Name!)) });
            return Task.CompletedTask;
        });
        // A worker of the host is told who the parent is, too.
        worker.AddOrchestrationDispatcherMiddleware((context, next) =>
        {
            var state = context.GetProperty<OrchestrationRuntimeState>();
            if (!registry.Orchestrators.TryGetValue(state.Name, out var definition))
            {
                context.SetProperty(Failed(Unknown(state.Name)));
                return next();
            }

            var parent = state.ParentInstance is { } instance ? new ParentOrchestrationInstance(instance.Name, instance.OrchestrationInstance.InstanceId) : null;
            var executor = new TaskOrchestrationExecutor(
                state, shims.CreateOrchestration(state.Name, new Orchestrator(definition), parent), BehaviorOnContinueAsNew.Carryover, ErrorPropagationMode.UseFailureDetails);
            context.SetProperty(executor.Execute());
            return next();
        });
        return worker;
    }

    private static CoreFailure Unknown(string name) => new("FunctionNotFound", $"The function '{name}' doesn't exist.", stackTrace: null, innerFailure: null, isNonRetriable: true);

    private static OrchestratorExecutionResult Failed(CoreFailure failure) => new()
    {
        Actions = [new OrchestrationCompleteOrchestratorAction { Id = -1, OrchestrationStatus = global::DurableTask.Core.OrchestrationStatus.Failed, Result = failure.ErrorMessage, FailureDetails = failure }],
    };

    private static async Task<WebApplication> ServeAsync(AzureStorageOrchestrationService service)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<IOrchestrationService>(service).AddSingleton<IOrchestrationServiceClient>(service);
        builder.Services.AddSingleton<TaskHubGrpcServer>().Configure<TaskHubGrpcServerOptions>(options => options.Mode = TaskHubGrpcServerMode.ApiServerOnly);
        var server = builder.Build();
        server.MapGrpcService<TaskHubGrpcServer>();
        await server.StartAsync();
        return server;
    }

    private static IHost ClientsOf(GrpcChannel channel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddDurableTaskClient(client =>
        {
            client.Configure(options => options.DataConverter = Converter);
            client.UseGrpc(channel);
            client.RegisterDirectly();
        });
        return builder.Build();
    }

    // No input is null in JSON.
    private static Type Optional(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private sealed class Orchestrator(OrchestratorDefinition definition) : ITaskOrchestrator
    {
        public Type InputType => Optional(definition.InputType);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(Microsoft.DurableTask.TaskOrchestrationContext context, object? input) =>
            definition.Run(new DurableContext(context), input ?? Default(definition.InputType));
    }

    private sealed class Activity(ActivityDefinition definition) : ITaskActivity
    {
        public Type InputType => Optional(definition.InputType);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskActivityContext context, object? input) => definition.Run(
            new ActivityContext(definition.Name, context.InstanceId, CancellationToken.None),
            input ?? Default(definition.InputType));
    }

    private sealed class Creator<T> : ObjectCreator<T>
    {
        private readonly Func<T> _create;

        public Creator(string name, Func<T> create) => (Name, Version, _create) = (name, "", create);

        public override T Create() => _create();
    }

    private sealed class Service<TClient, TOptions>(Func<TOptions> options, Func<TOptions, TClient> client) : IStorageServiceClientProvider<TClient, TOptions>
        where TOptions : global::Azure.Core.ClientOptions
    {
        public TOptions CreateOptions() => options();

        public TClient CreateClient(TOptions options) => client(options);
    }

    /// <summary>The way to the storage, until it is pulled.</summary>
    private sealed class Plug : DelegatingHandler
    {
        private volatile bool _isPulled;

        public Plug()
            : base(new SocketsHttpHandler()) => Transport = new HttpClientTransport(new HttpClient(this) { Timeout = Timeout.InfiniteTimeSpan });

        public HttpPipelineTransport Transport { get; }

        public void Pull() => _isPulled = true;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _isPulled ? throw new OperationCanceledException("The engine has crashed.") : base.SendAsync(request, cancellationToken);

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _isPulled ? throw new OperationCanceledException("The engine has crashed.") : base.Send(request, cancellationToken);
    }
}
