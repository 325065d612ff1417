using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Fanout.Runs;
using Microsoft.Extensions.Logging;

namespace Fanout.Embedded.Driving;

/// <summary>The trees an engine drives, from their claim to their end, and the engine's own life.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A CancellationTokenSource without a timer or wait handle holds nothing to dispose.")]
internal sealed class EngineCore : IEngineEvents
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TreeDriver> _trees = new(StringComparer.Ordinal);
    private readonly EndSignals _signals = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<Lease> _abandoned = [];
    private Exception? _fault;
    private Task? _stopped;
    private bool _isHousekeeping;

    public EngineCore(
        IEngineStore store, OrchestrationRegistry registry, EmbeddedEngineOptions options, TimeProvider time, ILogger logger)
    {
        Parts = new EngineParts
        {
            Store = store,
            Registry = registry,
            Options = options,
            Time = time,
            Logger = logger,
            Owner = ProcessOwner.Create(),
            Timers = new DurableTimers(time),
            ActivitySlots = new SemaphoreSlim(options.MaxConcurrentActivities),
            Work = new WorkTracker(options.Scheduler, OnFault),
            Live = new LiveCount(),
            Events = this,
        };
    }

    public EngineParts Parts { get; }

    public Task Completion => _completion.Task;

    public TreeDriver? FindTree(string rootId)
    {
        lock (_gate)
            return _trees.GetValueOrDefault(rootId);
    }

    /// <summary>False: the instance exists.</summary>
    public async Task<bool> CreateAsync(NewInstance root)
    {
        var id = root.Identity.Id;
        while (true)
        {
            var tree = OpenTree(id, out var isNew);
            if (!isNew)
            {
                // Someone here is attaching it or drives it, so it most likely exists; or it has just ended and been purged.
                var answer = await tree.Attached;
                if (await Parts.Store.GetAsync(id) is not null)
                    return false;
                if (answer.Status == AttachStatus.Attached)
                    await tree.Gone;
                continue;
            }

            var claimed = await ClaimAsync(tree, async () => await Parts.Store.CreateAsync(root, Parts.Claim()) is { } lease
                ? new ClaimedTree
                {
                    Status = AttachStatus.Attached,
                    Lease = lease,
                    Instances = [new StoredInstance(root.Identity, 0, null, [root.Started])],
                }
                : ClaimedTree.Refused(AttachStatus.Ended));
            return claimed.Status == AttachStatus.Attached;
        }
    }

    public async Task<AttachResult> AttachAsync(string rootId)
    {
        var tree = OpenTree(rootId, out var isNew);
        return isNew
            ? await ClaimAsync(tree, () => Parts.Store.ClaimAsync(rootId, Parts.Claim()))
            : await tree.Attached;
    }

    public async Task SendAsync(string instanceId, ReceivedEvent message)
    {
        if (await Parts.Store.SendAsync(instanceId, message, Parts.Owner) is { } sent)
            OnSent([sent]);
    }

    public async Task<OrchestrationMetadata> WaitAsync(string instanceId, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // The signal comes first: an end between reading the store and waiting must not be missed.
            var signal = _signals.For(instanceId);
            var metadata = await Parts.Store.GetAsync(instanceId)
                ?? throw new ArgumentException($"There is no instance '{instanceId}'.", nameof(instanceId));
            if (metadata.IsCompleted)
            {
                _signals.Raise(instanceId);
                return metadata;
            }

            ThrowIfClosed();
            var isDrivenHere = Trees().Any(tree => tree.Drives(instanceId));
            try
            {
                await signal.WaitAsync(isDrivenHere ? Timeout.InfiniteTimeSpan : Parts.Options.PollInterval, Parts.Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Another process drives it: the store is asked again.
            }
        }
    }

    public Task StopAsync(TimeSpan grace)
    {
        lock (_gate)
            return _stopped ??= StopCoreAsync(grace);
    }

    public void OnSent(IReadOnlyList<InboxMessage> messages)
    {
        foreach (var message in messages)
            FindTree(message.RootId)?.Receive(message);
    }

    public void OnInstanceGone(string instanceId) => _signals.Raise(instanceId);

    public void OnTreeGone(TreeDriver tree, DrivingEnd end)
    {
        lock (_gate)
        {
            if (_trees.GetValueOrDefault(tree.RootId) == tree)
                _trees.Remove(tree.RootId);
        }

        if (end != DrivingEnd.LeaseLost)
            return;
        Parts.Logger.LeaseLost(tree.RootId);
        try
        {
            Parts.Options.OnLeaseLost?.Invoke(tree.RootId);
        }
        catch (Exception e)
        {
            Parts.Logger.LeaseLostCallbackFailed(e);
        }
    }

    public void OnFault(Exception exception)
    {
        lock (_gate)
        {
            if (_fault is not null)
                return;
            _fault = exception;
        }

        Parts.Logger.Faulted(exception, exception.Message);
        foreach (var tree in Trees())
        {
            if (tree.RenewableLease is { } lease)
                _abandoned.Add(lease);
            tree.Fault(exception);
        }

        _signals.RaiseAll();
        if (_completion.TrySetException(exception))
            _ = _completion.Task.Exception;
    }

    /// <summary>The tree's driver, entered before its claim so that messages for it are kept meanwhile.</summary>
    private TreeDriver OpenTree(string rootId, out bool isNew)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            isNew = !_trees.TryGetValue(rootId, out var tree);
            if (!isNew)
                return tree!;
            tree = new TreeDriver(Parts, rootId);
            _trees.Add(rootId, tree);
            if (!_isHousekeeping)
            {
                _isHousekeeping = true;
                var housekeeping = new Housekeeping(Parts, Trees, OnSent);
                Parts.Work.Start(() => housekeeping.RenewLeasesAsync(_closing.Token));
                Parts.Work.Start(() => housekeeping.PollInboxAsync(_closing.Token));
            }

            return tree;
        }
    }

    private async Task<AttachResult> ClaimAsync(TreeDriver tree, Func<Task<ClaimedTree>> claim)
    {
        ClaimedTree claimed;
        try
        {
            claimed = await claim();
        }
        catch (Exception e)
        {
            OnTreeGone(tree, DrivingEnd.Detached);
            tree.Fault(e);
            throw;
        }

        if (claimed.Status == AttachStatus.Attached)
        {
            tree.Begin(claimed);
            return new AttachResult(AttachStatus.Attached);
        }

        var refusal = new AttachResult(claimed.Status, claimed.Owner is { } owner ? ProcessOwner.Display(owner) : null);
        OnTreeGone(tree, DrivingEnd.Detached);
        tree.Refuse(refusal);
        return refusal;
    }

    private List<TreeDriver> Trees()
    {
        lock (_gate)
            return [.. _trees.Values];
    }

    private void ThrowIfClosed()
    {
        if (_fault is not null)
            throw _fault is StorageException storage
                ? new StorageException(storage.Message, storage)
                : new InvalidOperationException($"The engine stopped: {_fault.Message}", _fault);
        ObjectDisposedException.ThrowIf(_stopped is not null, typeof(EmbeddedEngine));
    }

    private async Task StopCoreAsync(TimeSpan grace)
    {
        // Off the lock that the caller holds.
        await Task.Yield();
        await Task.WhenAll(Trees().Select(tree => StopTreeAsync(tree, grace)));
        await ReleaseAbandonedAsync();
        Parts.Cancel(_closing);
        _signals.RaiseAll();
        try
        {
            await Parts.Work.WhenIdleAsync().WaitAsync(grace, Parts.Time);
        }
        catch (TimeoutException)
        {
            Parts.Logger.GraceExceeded(grace);
        }

        await Parts.Timers.DisposeAsync();
        ProcessOwner.Retire(Parts.Owner);
        _completion.TrySetResult();
    }

    /// <summary>What a fault left held: the store may have been mended meanwhile, and nobody should have to wait for the leases to expire.</summary>
    private async Task ReleaseAbandonedAsync()
    {
        if (_abandoned.IsEmpty)
            return;
        try
        {
            await Parts.Store.ReleaseAsync([.. _abandoned]);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Parts.Logger.ReleaseFailed(e);
        }
    }

    private async Task StopTreeAsync(TreeDriver tree, TimeSpan grace)
    {
        try
        {
            await tree.StopAsync(grace);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The lease expires by itself; whoever drove the tree has been told through its end.
            Parts.Logger.ReleaseFailed(e);
            tree.Fault(e);
        }
    }
}
