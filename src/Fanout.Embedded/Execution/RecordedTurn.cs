using Fanout.Embedded.History;

namespace Fanout.Embedded.Execution;

/// <summary>A turn as the history has it.</summary>
internal sealed record RecordedTurn(DateTime Now, IReadOnlyList<ReceivedEvent> Received, IReadOnlyList<DecisionEvent> Decided)
{
    /// <summary>Cuts a history into its turns; a prelude without a turn is none.</summary>
    public static IEnumerable<RecordedTurn> Split(IEnumerable<HistoryEvent> history)
    {
        DateTime? now = null;
        List<ReceivedEvent> received = [];
        List<DecisionEvent> decided = [];
        foreach (var entry in history)
        {
            switch (entry)
            {
                case TurnStarted started:
                    if (now is { } previous)
                    {
                        yield return new RecordedTurn(previous, received, decided);
                        received = [];
                        decided = [];
                    }

                    now = started.Now;
                    break;
                case ReceivedEvent one:
                    received.Add(one);
                    break;
                case DecisionEvent one:
                    decided.Add(one);
                    break;
            }
        }

        if (now is { } last)
            yield return new RecordedTurn(last, received, decided);
    }
}
