using System.Net;
using System.Net.Sockets;
using DurableTask.Core;
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
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fanout.Functions.Tests.Engine;

/// <summary>The real Durable Task engine and worker in this process: the engine's state outlives a worker that crashes.</summary>
internal sealed class DurableTaskHost : IEngineHost
{
    private static readonly JsonDataConverter Converter = new(FanoutJson.Options);

    private readonly WebApplication _engine;
    private readonly GrpcChannel _channel;
    private IHost _worker;

    private DurableTaskHost(WebApplication engine, GrpcChannel channel, IHost worker)
    {
        (_engine, _channel, _worker) = (engine, channel, worker);
        Client = ClientOf(worker);
    }

    public IOrchestrationClient Client { get; private set; }

    public static async Task<IEngineHost> StartAsync(OrchestrationRegistry registry)
    {
        var port = FreePort();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var service = new InMemoryOrchestrationService();
        builder.Services.AddSingleton<IOrchestrationService>(service).AddSingleton<IOrchestrationServiceClient>(service).AddSingleton<TaskHubGrpcServer>();
        var engine = builder.Build();
        engine.MapGrpcService<TaskHubGrpcServer>();
        await engine.StartAsync();
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        return new DurableTaskHost(engine, channel, await StartWorkerAsync(channel, registry));
    }

    public async Task CrashAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _worker.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // It was not let finish.
        }
    }

    public async Task RestartAsync(OrchestrationRegistry registry, params string[] rootInstanceIds)
    {
        await CrashAsync();
        _worker.Dispose();
        _worker = await StartWorkerAsync(_channel, registry);
        Client = ClientOf(_worker);
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        _worker.Dispose();
        _channel.Dispose();
        await _engine.DisposeAsync();
    }

    private static DurableClient ClientOf(IHost worker) => new(worker.Services.GetRequiredService<DurableTaskClient>());

    private static async Task<IHost> StartWorkerAsync(GrpcChannel channel, OrchestrationRegistry registry)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddDurableTaskWorker(worker =>
        {
            worker.Configure(options => options.DataConverter = Converter);
            worker.UseGrpc(channel);
            worker.AddTasks(tasks =>
            {
                foreach (var orchestrator in registry.Orchestrators.Values)
                    tasks.AddOrchestrator(orchestrator.Name, () => new Orchestrator(orchestrator));
                foreach (var activity in registry.Activities.Values)
                    tasks.AddActivity(activity.Name, _ => new Activity(activity));
            });
        });
        builder.Services.AddDurableTaskClient(client =>
        {
            client.Configure(options => options.DataConverter = Converter);
            client.UseGrpc(channel);
            client.RegisterDirectly();
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // No input is null in JSON.
    private static Type Optional(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private sealed class Orchestrator(OrchestratorDefinition definition) : ITaskOrchestrator
    {
        public Type InputType => Optional(definition.InputType);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskOrchestrationContext context, object? input) =>
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
}
