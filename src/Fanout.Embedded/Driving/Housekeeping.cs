using Fanout.Embedded.Stores;

namespace Fanout.Embedded.Driving;

/// <summary>What an engine does by the clock: renew its leases, and look for messages that other processes left.</summary>
internal sealed class Housekeeping(EngineParts engine, Func<IReadOnlyList<TreeDriver>> trees, Action<IReadOnlyList<InboxMessage>> receive)
{
    /// <summary>Until cancelled: renews leases every heartbeat. A tree whose lease is gone is dropped at once.</summary>
    public Task RenewLeasesAsync(CancellationToken cancellationToken) => EveryAsync(
        engine.Options.HeartbeatInterval,
        async () =>
        {
            var driven = trees();
            List<Lease> leases = [.. driven.Select(tree => tree.RenewableLease).OfType<Lease>()];
            if (leases.Count == 0)
                return;
            var lost = await engine.Store.RenewAsync(leases, engine.Now + engine.Options.LeaseLength);
            foreach (var tree in driven.Where(tree => lost.Contains(tree.RootId)))
                tree.Lose();
        },
        cancellationToken);

    /// <summary>Until cancelled: takes in messages that others put into inboxes.</summary>
    public Task PollInboxAsync(CancellationToken cancellationToken)
    {
        var last = 0L;
        return EveryAsync(
            engine.Options.PollInterval,
            async () =>
            {
                if (trees().Count == 0)
                    return;
                var messages = await engine.Store.PollAsync(last, engine.Owner);
                if (messages.Count == 0)
                    return;
                last = messages[^1].Id;
                receive(messages);
            },
            cancellationToken);
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, engine.Time, cancellationToken);
                await act();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The engine is done.
        }
    }
}
