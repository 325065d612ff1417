using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Stores;

/// <summary>A store that gives large payloads up before they are written, and gets them back when they are read: no row of a history or an inbox is large.</summary>
/// <remarks>A payload is kept before the transaction that refers to it; one whose transaction fails is kept for nothing until its run is deleted.</remarks>
internal sealed class ClaimCheckStore(IEngineStore inner, ClaimCheck claims) : IEngineStore
{
    public async Task<Lease?> CreateAsync(NewInstance root, LeaseClaim claim) =>
        await inner.CreateAsync(await CheckAsync(root).ConfigureAwait(false), claim).ConfigureAwait(false);

    public async Task<ClaimedTree> ClaimAsync(string rootId, LeaseClaim claim)
    {
        var claimed = await inner.ClaimAsync(rootId, claim).ConfigureAwait(false);
        if (claimed.Instances.Count == 0 && claimed.Messages.Count == 0)
            return claimed;
        var instances = new List<StoredInstance>();
        foreach (var instance in claimed.Instances)
            instances.Add(instance with { History = await RedeemAsync(instance.Identity.Id, instance.History).ConfigureAwait(false) });
        return claimed with { Instances = instances, Messages = await RedeemAsync(claimed.Messages).ConfigureAwait(false) };
    }

    public async Task<CommittedTurn?> CommitAsync(TurnCommit commit)
    {
        var append = new List<HistoryEvent>(commit.Append.Count);
        foreach (var entry in commit.Append)
            append.Add(await CheckAsync(commit.Identity.Id, entry).ConfigureAwait(false));
        var children = new List<NewInstance>(commit.Children.Count);
        foreach (var child in commit.Children)
            children.Add(await CheckAsync(child).ConfigureAwait(false));
        var messages = new List<OutgoingMessage>(commit.Messages.Count);
        foreach (var message in commit.Messages)
            messages.Add(message with { Event = await CheckAsync(message.InstanceId, message.Event).ConfigureAwait(false) });
        var output = await claims.CheckAsync(commit.Identity.Id, commit.Output).ConfigureAwait(false);
        var committed = await inner.CommitAsync(commit with { Append = append, Children = children, Messages = messages, Output = output }).ConfigureAwait(false);
        return committed is null ? null : committed with { Messages = await RedeemAsync(committed.Messages).ConfigureAwait(false) };
    }

    public async Task<InboxMessage?> SendAsync(string instanceId, ReceivedEvent message, string origin)
    {
        var light = await CheckAsync(instanceId, message).ConfigureAwait(false);
        return await inner.SendAsync(instanceId, light, origin).ConfigureAwait(false) is { } sent ? sent with { Event = message } : null;
    }

    public async Task<IReadOnlyList<InboxMessage>> PollAsync(long afterMessage, string exceptOrigin) =>
        await RedeemAsync(await inner.PollAsync(afterMessage, exceptOrigin).ConfigureAwait(false)).ConfigureAwait(false);

    public async Task<OrchestrationMetadata?> GetAsync(string instanceId) =>
        await inner.GetAsync(instanceId).ConfigureAwait(false) is { } metadata
            ? metadata with { SerializedOutput = await claims.RedeemAsync(instanceId, metadata.SerializedOutput).ConfigureAwait(false) }
            : null;

    public async Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId) =>
        await RedeemAsync(instanceId, await inner.GetHistoryAsync(instanceId).ConfigureAwait(false)).ConfigureAwait(false);

    public Task<IReadOnlyList<string>> RenewAsync(IReadOnlyList<Lease> leases, DateTimeOffset expiresAt) => inner.RenewAsync(leases, expiresAt);

    public Task ReleaseAsync(IReadOnlyList<Lease> leases) => inner.ReleaseAsync(leases);

    public Task<bool> PurgeAsync(string instanceId) => inner.PurgeAsync(instanceId);

    private async ValueTask<NewInstance> CheckAsync(NewInstance instance) =>
        instance with { Started = await CheckAsync(instance.Identity.Id, instance.Started).ConfigureAwait(false) };

    private async ValueTask<T> CheckAsync<T>(string instanceId, T entry)
        where T : HistoryEvent =>
        PayloadOf(entry) is { } payload ? With(entry, await claims.CheckAsync(instanceId, payload).ConfigureAwait(false)) : entry;

    private async ValueTask<IReadOnlyList<HistoryEvent>> RedeemAsync(string instanceId, IReadOnlyList<HistoryEvent> history)
    {
        var full = new List<HistoryEvent>(history.Count);
        foreach (var entry in history)
            full.Add(await RedeemAsync(instanceId, entry).ConfigureAwait(false));
        return full;
    }

    private async ValueTask<IReadOnlyList<InboxMessage>> RedeemAsync(IReadOnlyList<InboxMessage> messages)
    {
        if (messages.Count == 0)
            return messages;
        var full = new List<InboxMessage>(messages.Count);
        foreach (var message in messages)
            full.Add(message with { Event = await RedeemAsync(message.InstanceId, message.Event).ConfigureAwait(false) });
        return full;
    }

    private async ValueTask<T> RedeemAsync<T>(string instanceId, T entry)
        where T : HistoryEvent
    {
        var travelled = PayloadOf(entry);
        var payload = await claims.RedeemAsync(instanceId, travelled).ConfigureAwait(false);
        return ReferenceEquals(payload, travelled) ? entry : With(entry, payload);
    }

    private static string? PayloadOf(HistoryEvent entry) => entry switch
    {
        ExecutionStarted started => started.Input,
        TaskScheduled scheduled => scheduled.Input,
        TaskCompleted completed => completed.Result,
        SubOrchestrationCreated created => created.Input,
        SubOrchestrationCompleted completed => completed.Result,
        EventRaised raised => raised.Payload,
        EventSent sent => sent.Payload,
        ExecutionCompleted completed => completed.Output,
        _ => null,
    };

    private static T With<T>(T entry, string? payload)
        where T : HistoryEvent => (T)(HistoryEvent)(entry switch
        {
            ExecutionStarted started => started with { Input = payload },
            TaskScheduled scheduled => scheduled with { Input = payload },
            TaskCompleted completed => completed with { Result = payload },
            SubOrchestrationCreated created => created with { Input = payload },
            SubOrchestrationCompleted completed => completed with { Result = payload },
            EventRaised raised => raised with { Payload = payload },
            EventSent sent => sent with { Payload = payload },
            ExecutionCompleted completed => completed with { Output = payload },
            _ => entry,
        });
}
