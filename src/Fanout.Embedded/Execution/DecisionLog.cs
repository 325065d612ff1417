using Fanout.Embedded.History;

namespace Fanout.Embedded.Execution;

/// <summary>What the code decides in a turn. While a recorded turn is replayed, each decision is held against the one in the history.</summary>
internal sealed class DecisionLog
{
    private readonly List<DecisionEvent> _made = [];
    private Queue<DecisionEvent>? _recorded;

    /// <summary>True while a recorded turn is replayed.</summary>
    public bool IsReplaying => _recorded is not null;

    /// <summary>Decisions of this turn.</summary>
    public IReadOnlyList<DecisionEvent> Made => _made;

    /// <summary>The first difference between code and history; null: none. Its parts are null where that side has nothing.</summary>
    public (DecisionEvent? Recorded, DecisionEvent? Replayed)? Mismatch { get; private set; }

    /// <summary>Begins a turn; <paramref name="recorded"/> is null when it is a new one.</summary>
    public void BeginTurn(IEnumerable<DecisionEvent>? recorded)
    {
        _made.Clear();
        _recorded = recorded is null ? null : new Queue<DecisionEvent>(recorded);
    }

    /// <summary>Notes a decision.</summary>
    public void Add(DecisionEvent decision)
    {
        if (_recorded is not null && Mismatch is null)
        {
            _recorded.TryDequeue(out var recorded);
            if (recorded is null || !recorded.IsSameDecisionAs(decision))
                Mismatch = (recorded, decision);
        }

        _made.Add(decision);
    }

    /// <summary>Ends a turn: whatever the history still holds of it is something the code no longer does.</summary>
    public void EndTurn()
    {
        if (_recorded is not null && Mismatch is null && _recorded.TryDequeue(out var missing))
            Mismatch = (missing, null);
        _recorded = null;
    }
}
