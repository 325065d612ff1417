namespace Fanout.Telemetry;

/// <summary>The names of the attributes of Fanout's spans, metrics and logs.</summary>
public static class AttributeNames
{
    /// <summary>The run's id. Of spans and logs; metrics have none, or every run would leave series behind.</summary>
    public const string RunId = "fanout.run.id";

    /// <summary>How a run ended: a <see cref="RunStatus"/>.</summary>
    public const string RunStatus = "fanout.run.status";

    /// <summary>Items of a run, once they are counted.</summary>
    public const string RunItems = "fanout.run.items";

    /// <summary>The handler's name, as it is registered.</summary>
    public const string HandlerName = "fanout.handler.name";

    /// <summary>The branch, such as <c>b0001</c>.</summary>
    public const string Branch = "fanout.branch.name";

    /// <summary>The batch, such as <c>b0001-l00-00000</c>.</summary>
    public const string BatchKey = "fanout.batch.key";

    /// <summary>Which execution of the batch it is: later ones have larger numbers.</summary>
    public const string BatchEpoch = "fanout.batch.epoch";

    /// <summary>How an execution of a batch ended: <c>RangeDone</c>, <c>HandedBack</c>, <c>Paused</c>, <c>Stopped</c>; <c>Failed</c> when storage failed.</summary>
    public const string BatchEnd = "fanout.batch.end";

    /// <summary>Items that an execution of a batch settled, by outcome.</summary>
    public const string ItemsSucceeded = "fanout.items.succeeded";

    /// <inheritdoc cref="ItemsSucceeded"/>
    public const string ItemsFailed = "fanout.items.failed";

    /// <inheritdoc cref="ItemsSucceeded"/>
    public const string ItemsTimedOut = "fanout.items.timed_out";

    /// <inheritdoc cref="ItemsSucceeded"/>
    public const string ItemsCancelled = "fanout.items.cancelled";

    /// <summary>The item's place in the source, from 0.</summary>
    public const string ItemIndex = "fanout.item.index";

    /// <summary>Which attempt it is, from 1.</summary>
    public const string ItemAttempt = "fanout.item.attempt";

    /// <summary>
    /// What became of an item: <c>Succeeded</c>, <c>Failed</c>, <c>TimedOut</c>, <c>Cancelled</c>; of an attempt also <c>Throttled</c>, when the downstream asked to
    /// slow down, and <c>PutBack</c>, when it counts for nothing.
    /// </summary>
    public const string Outcome = "fanout.outcome";

    /// <summary>What a place is busy with (<c>handlers</c>) or waits for: <c>rate</c>, <c>limit NAME</c>, <c>retry back-off</c>, ….</summary>
    public const string WaitCause = "fanout.wait.cause";

    /// <summary>The orchestrator: <c>run</c> or <c>branch</c>.</summary>
    public const string Orchestrator = "fanout.orchestrator.name";

    /// <summary>The orchestration instance.</summary>
    public const string InstanceId = "fanout.instance.id";

    /// <summary>Events that a turn adds to its history.</summary>
    public const string CommitEvents = "fanout.commit.events";

    /// <summary>A command of the command line, such as <c>run</c>.</summary>
    public const string Command = "fanout.command.name";

    /// <summary>Its exit code, as the semantic conventions call it.</summary>
    public const string ExitCode = "process.exit.code";

    /// <summary>Why something failed, as the semantic conventions call it: an error's type, of which there are few.</summary>
    public const string ErrorType = "error.type";
}
