using System.Text.Json;
using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Execution;

/// <summary>
/// One execution of an orchestrator, live between turns. A turn takes the time and what was received, and returns what was decided;
/// it reads no clock, writes nothing and starts nothing. Not thread-safe: one turn at a time.
/// </summary>
internal sealed class OrchestrationExecution
{
    private readonly InstanceIdentity _identity;
    private readonly OrchestratorDefinition? _definition;
    private readonly OrchestrationContext _context;
    private readonly TurnSynchronizationContext _turn;
    private Task<object?>? _main;
    private FailureDetails? _defect;
    private volatile bool _foreign;
    private volatile bool _ended;

    /// <param name="identity">The instance.</param>
    /// <param name="execution">Which execution of it.</param>
    /// <param name="definition">Its orchestrator; null: there is none of that name.</param>
    /// <param name="customStatus">The instance's custom status so far, as JSON: it outlives continue-as-new.</param>
    /// <param name="onForeign">Told, on any thread, when the code turns out to await something that is not from its context: run a turn.</param>
    public OrchestrationExecution(
        InstanceIdentity identity, int execution, OrchestratorDefinition? definition, string? customStatus, Action onForeign)
    {
        _identity = identity;
        _definition = definition;
        _turn = new TurnSynchronizationContext(() =>
        {
            if (_ended || _foreign)
                return;
            _foreign = true;
            onForeign();
        });
        _context = new OrchestrationContext(identity, execution, _turn, customStatus);
    }

    private bool HasEnded => _defect is not null || _main is { IsCompleted: true };

    /// <summary>Brings the code to where its history says it was. A difference becomes the outcome of the next turn.</summary>
    public void Replay(IEnumerable<HistoryEvent> history)
    {
        foreach (var recorded in RecordedTurn.Split(history))
        {
            _turn.Run(() => Play(recorded.Now, recorded.Received, recorded.Decided));
            if (_defect is null && DecideEnd([]) is { } end)
                _defect = Failures.NonDeterministic(_identity.Name, _identity.Id, recorded.Now, null, end);
            if (_defect is not null)
                return;
        }
    }

    /// <summary>Runs one turn.</summary>
    /// <param name="now">The time.</param>
    /// <param name="prelude">What the history holds already but no turn has seen.</param>
    /// <param name="received">What came since.</param>
    /// <returns>Null when nothing of it concerned the instance: there was no turn.</returns>
    public Turn? Run(DateTime now, IReadOnlyList<ReceivedEvent> prelude, IReadOnlyList<ReceivedEvent> received)
    {
        if (received.OfType<ExecutionTerminated>().FirstOrDefault() is { } terminated)
            return new Turn([new TurnStarted(now), terminated], _context.CustomStatus);
        if (_defect is not null)
            return Turn.Failed(now, _defect, _context.CustomStatus);

        IReadOnlyList<ReceivedEvent> all = [.. prelude, .. received];
        List<bool> applied = [];
        _turn.Run(() => applied = Play(now, all, recorded: null));
        if (_defect is not null)
            return Turn.Failed(now, _defect, _context.CustomStatus);
        if (!_foreign && !applied.Contains(true))
            return null;

        var end = DecideEnd(all.Skip(applied.Count));
        _ended = end is not null;
        List<HistoryEvent> events = [new TurnStarted(now)];
        for (var i = prelude.Count; i < applied.Count; i++)
        {
            if (applied[i])
                events.Add(all[i]);
        }

        events.AddRange(_context.Decisions.Made);
        if (end is not null)
            events.Add(end);
        return new Turn(events, _context.CustomStatus);
    }

    /// <summary>Hands received events to the code one by one until it ends; says of each that it got to whether it meant anything.</summary>
    private List<bool> Play(DateTime now, IReadOnlyList<ReceivedEvent> received, IReadOnlyList<DecisionEvent>? recorded)
    {
        var applied = new List<bool>(received.Count);
        _context.BeginTurn(now, recorded);
        try
        {
            foreach (var one in received)
            {
                if (HasEnded)
                    break;
                applied.Add(Apply(one));
                _turn.Drain(() => HasEnded);
            }
        }
        catch (Exception e)
        {
            // Only code that is not awaited gets here: an async void, a callback of a cancelled token.
            _defect = Failures.Of(e);
        }

        _context.Decisions.EndTurn();
        if (_context.Decisions.Mismatch is { } mismatch)
            _defect = Failures.NonDeterministic(_identity.Name, _identity.Id, now, mismatch.Recorded, mismatch.Replayed);
        return applied;
    }

    private bool Apply(ReceivedEvent received)
    {
        if (received is not ExecutionStarted started)
            return _context.Apply(received);
        if (_definition is null)
            _defect = Failures.OrchestratorNotRegistered(_identity.Name, _identity.Id);
        else
            _main = Start(_definition, started.Input);
        return true;
    }

    private async Task<object?> Start(OrchestratorDefinition definition, string? json)
    {
        object? input;
        try
        {
            input = PayloadJson.Read(json, definition.InputType);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidOperationException(
                $"The input of orchestrator '{definition.Name}' cannot be read as {definition.InputType.Name}: {e.Message}", e);
        }

        return await definition.Run(_context, input);
    }

    /// <summary>How the execution ended with this turn; null: it goes on.</summary>
    private DecisionEvent? DecideEnd(IEnumerable<ReceivedEvent> unprocessed)
    {
        if (_foreign || (_main is { IsCompleted: false } && !_context.HasOpenTasks))
            return new ExecutionFailed(Failures.ForeignTask(_identity.Name, _identity.Id));
        if (_main is not { IsCompleted: true })
            return null;
        if (!_main.IsCompletedSuccessfully)
            return new ExecutionFailed(Failures.Of(_main.Exception?.InnerException ?? new TaskCanceledException(_main)));
        if (_context.Next is { } next)
            return new ContinuedAsNew(next.Input, next.KeepEvents ? [.. _context.UnclaimedEvents, .. unprocessed.OfType<EventRaised>()] : []);
        try
        {
            return new ExecutionCompleted(PayloadJson.Write(_main.Result));
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or JsonException)
        {
            return new ExecutionFailed(Failures.Of(e));
        }
    }
}
