using Fanout.Results;

namespace Fanout;

/// <summary>Counts the outcomes of one batch. Not thread-safe.</summary>
public sealed class TallyBuilder
{
    private readonly ErrorGroupSketch _errors;
    private readonly IReduction? _reduction;
    private readonly string? _startReduced;
    private IAccumulator? _accumulator;
    private long _succeeded;
    private long _failed;
    private long _timedOut;
    private long _cancelled;
    private long _attempts;

    /// <summary>Begins at zero, or goes on from <paramref name="start"/>.</summary>
    /// <param name="reduction">The run's reduction; null: it has none.</param>
    /// <param name="start">What was settled before, such as a checkpoint's; null: nothing.</param>
    public TallyBuilder(IReduction? reduction = null, Tally? start = null)
    {
        start ??= Tally.Zero;
        if (start.Reduced is not null)
            ArgumentNullException.ThrowIfNull(reduction);
        _reduction = reduction;
        _startReduced = start.Reduced;
        _errors = new ErrorGroupSketch(start.Errors);
        _succeeded = start.Succeeded;
        _failed = start.Failed;
        _timedOut = start.TimedOut;
        _cancelled = start.Cancelled;
        _attempts = start.Attempts;
    }

    /// <summary>Items counted so far, whatever became of them.</summary>
    public long Settled => _succeeded + Unsuccessful;

    /// <summary>Items counted so far that ended otherwise than Succeeded.</summary>
    public long Unsuccessful => _failed + _timedOut + _cancelled;

    internal Counts Counts => new(_succeeded, _failed, _timedOut, _cancelled);

    /// <summary>Counts one settled item.</summary>
    /// <param name="status">What became of it.</param>
    /// <param name="attempts">Attempts made.</param>
    public void Add(OutcomeStatus status, int attempts)
    {
        _attempts += attempts;
        switch (status)
        {
            case OutcomeStatus.Succeeded:
                _succeeded++;
                break;
            case OutcomeStatus.Failed:
                _failed++;
                break;
            case OutcomeStatus.TimedOut:
                _timedOut++;
                break;
            case OutcomeStatus.Cancelled:
                _cancelled++;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(status), status, "Not an outcome.");
        }
    }

    /// <summary>Groups the error of an unsuccessful item; <see cref="Add"/> counts the item itself.</summary>
    /// <param name="index">The item's index.</param>
    /// <param name="error">Why it did not succeed.</param>
    public void AddError(long index, ItemError error) => _errors.Add(index, error);

    /// <summary>Folds in the output of a succeeded item; does nothing in a run that reduces nothing.</summary>
    /// <param name="output">A JSON value; empty: null.</param>
    /// <exception cref="Handlers.PermanentItemException">The reducer does not take this output; the state is as before.</exception>
    public void Reduce(ReadOnlySpan<byte> output)
    {
        if (_reduction is null)
            return;
        _accumulator ??= _reduction.Start(_startReduced);
        _accumulator.Add(output);
    }

    /// <summary>What has been counted so far.</summary>
    public Tally ToTally() => new()
    {
        Succeeded = _succeeded,
        Failed = _failed,
        TimedOut = _timedOut,
        Cancelled = _cancelled,
        Attempts = _attempts,
        Errors = _errors.ToGroups(),
        Reduced = _accumulator is null ? _startReduced : _accumulator.Save(),
    };
}
