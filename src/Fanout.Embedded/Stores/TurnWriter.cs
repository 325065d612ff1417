using Fanout.Embedded.Storage;

namespace Fanout.Embedded.Stores;

/// <summary>Writes what one turn changed. The lease has been checked, in the same transaction.</summary>
internal static class TurnWriter
{
    public static CommittedTurn Write(SqliteSession session, TurnCommit commit)
    {
        var id = commit.Identity.Id;
        InstanceTable.Update(session, commit);
        if (commit.KeptHistory == 0)
            HistoryTable.Delete(session, id);
        var bytes = HistoryTable.Append(session, id, commit.KeptHistory, commit.Append);
        foreach (var message in commit.Consumed)
            InboxTable.Delete(session, message);
        if (commit.HasEnded)
            InboxTable.DeleteOf(session, id);

        List<InboxMessage> sent = [];
        var refused = CreateChildren(session, commit, sent);
        Send(session, commit, commit.Messages, sent);
        if (commit.TerminateChildren is { } terminate)
            Send(session, commit, InstanceTable.ActiveChildrenOf(session, id).Select(child => new OutgoingMessage(child, null, terminate)), sent);

        var treeEnded = commit.HasEnded && !InstanceTable.IsTreeActive(session, commit.Lease.RootId);
        if (treeEnded)
            LeaseTable.Release(session, commit.Lease);
        return new CommittedTurn(sent, refused, treeEnded) { Bytes = bytes };
    }

    public static void Delete(SqliteSession session, IEnumerable<InstanceRow> instances)
    {
        foreach (var instance in instances)
        {
            InstanceTable.Delete(session, instance.Id);
            HistoryTable.Delete(session, instance.Id);
            LeaseTable.Delete(session, instance.Id);
        }
    }

    private static HashSet<int> CreateChildren(SqliteSession session, TurnCommit commit, List<InboxMessage> sent)
    {
        var refused = new HashSet<int>();
        foreach (var child in commit.Children)
        {
            if (InstanceTable.TryInsert(session, child))
                continue;
            if (TryReplace(session, child))
                continue;
            refused.Add(child.Identity.Parent!.TaskId);
            Send(session, commit, [StoreMessages.ChildRefused(child)], sent);
        }

        return refused;
    }

    /// <summary>A sub-orchestration that has ended may be called again by its own parent under the same id.</summary>
    private static bool TryReplace(SqliteSession session, NewInstance child)
    {
        if (InstanceTable.ParentOf(session, child.Identity.Id) != child.Identity.Parent!.InstanceId)
            return false;
        var before = InstanceTable.Descendants(session, child.Identity.Id);
        if (before.Any(row => !row.HasEnded))
            return false;
        Delete(session, before);
        return InstanceTable.TryInsert(session, child);
    }

    private static void Send(SqliteSession session, TurnCommit commit, IEnumerable<OutgoingMessage> messages, List<InboxMessage> sent)
    {
        foreach (var message in messages)
        {
            if (InboxTable.TryInsert(session, message, commit.Lease.Owner) is { } one)
                sent.Add(one);
        }
    }
}
