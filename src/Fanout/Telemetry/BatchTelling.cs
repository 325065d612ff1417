using Fanout.Processing;
using Fanout.Results;

namespace Fanout.Telemetry;

/// <summary>One execution of a batch, as it is told of: a span, a duration, a log line.</summary>
internal sealed class BatchTelling : IDisposable
{
    private readonly RunScope _scope;
    private readonly BatchInput _input;
    private readonly long _since;
    private string _end = "Failed";

    private BatchTelling(RunScope scope, BatchInput input, in BatchExecution execution)
    {
        _scope = scope;
        _input = input;
        _since = scope.Time.GetTimestamp();
        Trace = BatchTrace.Begin(scope, input, execution);
    }

    /// <summary>Its spans; null: nobody listens.</summary>
    public BatchTrace? Trace { get; }

    /// <summary>It begins.</summary>
    public static BatchTelling Begin(RunScope scope, BatchInput input, in BatchExecution execution) => new(scope, input, execution);

    /// <summary>It has a result, which is returned.</summary>
    /// <param name="result">The result.</param>
    /// <param name="before">What an earlier execution had left: the result has it too.</param>
    public BatchResult End(BatchResult result, BatchCheckpoint? before)
    {
        var settled = Counts.Of(result.Tally) - Counts.Of(before?.Tally ?? Tally.Zero);
        _end = result.End.ToString();
        Trace?.End(result, settled);
        _scope.Logger.BatchEnded(_scope.RunId, _input.Key, result.End, settled.Settled);
        return result;
    }

    /// <summary>It has none.</summary>
    public void Fail(Exception failure) => Trace?.Fail(failure);

    /// <summary>It is over.</summary>
    public void Dispose()
    {
        BatchInstruments.RecordBatch(_scope.Time.GetElapsedTime(_since), _scope.Spec.Handler.Name, _end);
        Trace?.Dispose();
    }
}
