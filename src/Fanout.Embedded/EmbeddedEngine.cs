using Fanout.Embedded.Driving;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Embedded;

/// <summary>
/// Runs orchestrations durably in this process. A root instance and its sub-orchestrations are driven by one engine at a time, the one that
/// holds the root's lease: whoever created it, or attached to it later (<see cref="TryAttachAsync"/>).
/// </summary>
/// <remarks>
/// Activities run at least once and their results are recorded once. What an instance has not awaited when it ends is abandoned, and its
/// activities' tokens are cancelled when its tree ends or it is terminated.
/// </remarks>
public sealed class EmbeddedEngine : IOrchestrationClient, IAsyncDisposable
{
    private readonly EngineCore _core;

    /// <summary>An engine over a storage, which it does not own.</summary>
    /// <param name="storage">Where instances are kept.</param>
    /// <param name="registry">What it can run.</param>
    /// <param name="options">How it behaves; null: the defaults.</param>
    /// <param name="timeProvider">Its clock; null: the system's.</param>
    /// <param name="logger">Where it logs; null: nowhere.</param>
    public EmbeddedEngine(
        EmbeddedStorage storage,
        OrchestrationRegistry registry,
        EmbeddedEngineOptions? options = null,
        TimeProvider? timeProvider = null,
        ILogger<EmbeddedEngine>? logger = null)
        : this((storage ?? throw new ArgumentNullException(nameof(storage))).Store, registry, options, timeProvider, logger)
    {
    }

    internal EmbeddedEngine(
        IEngineStore store, OrchestrationRegistry registry, EmbeddedEngineOptions? options, TimeProvider? timeProvider, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(registry);
        options ??= new EmbeddedEngineOptions();
        if (options.Payloads is { } payloads)
            store = new ClaimCheckStore(store, new ClaimCheck(payloads));
        _core = new EngineCore(store, registry, options, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
    }

    /// <summary>This engine as leases name it.</summary>
    public string Owner => _core.Parts.Owner;

    /// <summary>Completes when the engine has stopped; fails with <see cref="StorageException"/> when it had to because the store cannot be used.</summary>
    public Task Completion => _core.Completion;

    /// <summary>Creates a root instance and drives it here.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The orchestrator is not registered.</exception>
    /// <exception cref="StorageException">The store cannot be used.</exception>
    public async Task<bool> ScheduleNewOrchestrationInstanceAsync(
        string orchestratorName, object? input, string instanceId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_core.Parts.Registry.Orchestrators.ContainsKey(orchestratorName))
            throw new ArgumentException($"Orchestrator '{orchestratorName}' is not registered.", nameof(orchestratorName));
        var identity = new InstanceIdentity(instanceId, instanceId, orchestratorName, null);
        return await _core.CreateAsync(new NewInstance(identity, new ExecutionStarted(PayloadJson.Write(input)), _core.Parts.Now));
    }

    /// <inheritdoc/>
    public async Task RaiseEventAsync(string instanceId, string eventName, object? payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        cancellationToken.ThrowIfCancellationRequested();
        await _core.SendAsync(instanceId, new EventRaised(eventName, PayloadJson.Write(payload)));
    }

    /// <inheritdoc/>
    public async Task TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellationToken.ThrowIfCancellationRequested();
        await _core.SendAsync(instanceId, new ExecutionTerminated(reason));
    }

    /// <inheritdoc/>
    public Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellationToken.ThrowIfCancellationRequested();
        return _core.Parts.Store.GetAsync(instanceId);
    }

    /// <summary>Waits until an instance has ended, whoever drives it.</summary>
    /// <inheritdoc/>
    /// <exception cref="StorageException">The store cannot be used.</exception>
    /// <exception cref="ObjectDisposedException">The engine was stopped.</exception>
    public Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return _core.WaitAsync(instanceId, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellationToken.ThrowIfCancellationRequested();
        return _core.Parts.Store.PurgeAsync(instanceId);
    }

    /// <summary>
    /// Drives an existing root and its sub-orchestrations here, if nobody else does: from its last committed turn, with activities that had
    /// no result started again.
    /// </summary>
    /// <exception cref="StorageException">The store cannot be used.</exception>
    public async Task<AttachResult> TryAttachAsync(string rootInstanceId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(rootInstanceId);
        cancellationToken.ThrowIfCancellationRequested();
        return await _core.AttachAsync(rootInstanceId);
    }

    /// <summary>Completes when this engine stops driving a root, with the reason; at once with null when it does not drive it.</summary>
    /// <exception cref="StorageException">The store cannot be used.</exception>
    public async Task<DrivingEnd?> WaitForDrivingEndAsync(string rootInstanceId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(rootInstanceId);
        return _core.FindTree(rootInstanceId) is { } tree ? await tree.Gone.WaitAsync(cancellationToken) : null;
    }

    /// <summary>
    /// Stops driving a root: activities are told to stop, results that come within <paramref name="grace"/> are committed, the lease is given
    /// back. Does nothing when it is not driven here.
    /// </summary>
    /// <exception cref="StorageException">The store cannot be used.</exception>
    public Task DetachAsync(string rootInstanceId, TimeSpan grace)
    {
        ArgumentException.ThrowIfNullOrEmpty(rootInstanceId);
        return _core.FindTree(rootInstanceId) is { } tree ? tree.StopAsync(grace) : Task.CompletedTask;
    }

    /// <summary>Stops driving everything, as <see cref="DetachAsync"/> does; nothing can be scheduled or attached after it.</summary>
    public Task StopAsync(TimeSpan grace) => _core.StopAsync(grace);

    /// <summary>Stops with <see cref="EmbeddedEngineOptions.DisposeGrace"/>. Afterwards no task, timer or thread of the engine is left.</summary>
    public ValueTask DisposeAsync() => new(_core.StopAsync(_core.Parts.Options.DisposeGrace));
}
