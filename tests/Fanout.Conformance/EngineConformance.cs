using System.Diagnostics;
using System.Text.Json;
using Fanout.Orchestration;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Conformance;

/// <summary>What every engine promises. An engine's tests derive from this once for each way it can be set up.</summary>
public abstract partial class EngineConformance : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private IEngineHost? _host;

    private protected IEngineHost Host => _host ?? throw new InvalidOperationException("Start an engine first.");

    private protected IOrchestrationClient Client => Host.Client;

    /// <summary>Starts an engine over fresh state.</summary>
    protected abstract Task<IEngineHost> StartAsync(OrchestrationRegistry registry);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private protected async Task UseAsync(OrchestrationRegistry registry) => _host = await StartAsync(registry);

    private protected Task<bool> ScheduleAsync(string orchestrator, object? input = null, string id = "a") =>
        Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, id);

    /// <summary>Waits until the first turn is in the storage, or the one that set a custom status: an engine may start activities before, and a crash may lose what is not there yet.</summary>
    private protected async Task TurnSavedAsync(string id = "a", string? customStatus = null)
    {
        var waited = Stopwatch.StartNew();
        while (await Client.GetInstanceAsync(id) is not { Status: OrchestrationStatus.Running } saved || (customStatus is not null && saved.SerializedCustomStatus != $"\"{customStatus}\""))
        {
            Assert.True(waited.Elapsed < Patience, "The turn was not saved.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private protected Task<OrchestrationMetadata> EndOfAsync(string id = "a") => Client.WaitForInstanceCompletionAsync(id).WaitAsync(Patience);

    /// <summary>Starts an engine, runs one instance to its end.</summary>
    private protected async Task<OrchestrationMetadata> RunAsync(OrchestrationRegistry registry, string orchestrator, object? input = null)
    {
        await UseAsync(registry);
        Assert.True(await ScheduleAsync(orchestrator, input));
        return await EndOfAsync();
    }

    private protected static T? OutputOf<T>(OrchestrationMetadata metadata)
    {
        Assert.True(metadata.Status == OrchestrationStatus.Completed, $"{metadata.Status}: {metadata.Failure}");
        return metadata.SerializedOutput is null ? default : JsonSerializer.Deserialize<T>(metadata.SerializedOutput, FanoutJson.Options);
    }

    private protected static OrchestrationRegistry Orchestrator<TInput, TOutput>(string name, Func<IOrchestrationContext, TInput, Task<TOutput>> run) =>
        new OrchestrationRegistry().AddOrchestrator(name, run);

    /// <summary>A gate that an activity or a test opens; waiting on it is bounded.</summary>
    private protected sealed class Gate
    {
        private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _source.TrySetResult();

        public Task OpenedAsync() => _source.Task.WaitAsync(Patience);
    }
}
