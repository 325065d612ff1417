using Fanout.Telemetry;

namespace Fanout.Processing;

/// <summary>One of the executions of a batch.</summary>
/// <param name="Epoch">Grows from one execution to the next: the checkpoints of the newest count.</param>
/// <param name="Stopping">Its host is stopping: the rest is handed back, items in flight may end.</param>
/// <param name="Abort">The batch is not this execution's any more, or its host cannot wait any longer: items in flight are cancelled and handed back.</param>
internal readonly record struct BatchExecution(long Epoch, CancellationToken Stopping, CancellationToken Abort)
{
    /// <summary>So many executions died of the one item there is: it fails without being handled. Null: items are handled.</summary>
    public int? Crashes { get; init; }

    /// <summary>Where in a trace it belongs, of a batch that was sent; default: it was not, or nobody told.</summary>
    public System.Diagnostics.ActivityContext Parent { get; init; }

    /// <summary>Its spans; null: nobody listens.</summary>
    public BatchTrace? Trace { get; init; }
}
