using Fanout.Embedded.History;
using Fanout.Embedded.Stores;

namespace Fanout.Simulation;

/// <summary>Watches what is written, from outside the engines: one writer a tree at a time, and each task's result once.</summary>
internal sealed class CommitAudit
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lease> _current = new(StringComparer.Ordinal);
    private readonly HashSet<(string Instance, int Execution, int Task)> _settled = [];
    private readonly HashSet<int> _sent = [];

    /// <summary>Commits that were refused because their lease was lost.</summary>
    public int Refused { get; private set; }

    public List<string> Violations { get; } = [];

    public void Granted(Lease lease)
    {
        lock (_lock)
            NoteGranted(lease);
    }

    public void Committed(TurnCommit commit, bool accepted)
    {
        lock (_lock)
            NoteCommitted(commit, accepted);
    }

    private void NoteGranted(Lease lease)
    {
        if (_current.TryGetValue(lease.RootId, out var before) && before.Epoch >= lease.Epoch)
            Violations.Add($"{lease} was granted after {before}");
        _current[lease.RootId] = lease;
    }

    private void NoteCommitted(TurnCommit commit, bool accepted)
    {
        if (!accepted)
        {
            Refused++;
            return;
        }

        if (_current[commit.Lease.RootId] != commit.Lease)
            Violations.Add($"a turn of {commit.Identity.Id} was committed under {commit.Lease}, but {_current[commit.Lease.RootId]} had been granted");
        foreach (var settled in commit.Append.OfType<TaskEvent>())
        {
            if (!_settled.Add((commit.Identity.Id, commit.Execution, settled.TaskId)))
                Violations.Add($"task {settled.TaskId} of {commit.Identity.Id} was settled twice");
        }
    }

    public void Sent(ReceivedEvent message)
    {
        if (message is EventRaised { Name: "number", Payload: { } payload })
            _sent.Add(int.Parse(payload, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>True when this event is in an inbox for certain, whether or not whoever sent it lived to know.</summary>
    public bool WasSent(int number) => _sent.Contains(number);
}
