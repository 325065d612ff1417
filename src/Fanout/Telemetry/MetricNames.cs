namespace Fanout.Telemetry;

/// <summary>The names of Fanout's metrics.</summary>
public static class MetricNames
{
    /// <summary>Items settled, by outcome. Counter, <c>{item}</c>.</summary>
    public const string Items = "fanout.items";

    /// <summary>Items in handlers. Up-down counter, <c>{item}</c>.</summary>
    public const string ItemsActive = "fanout.items.active";

    /// <summary>Items that wait to be tried again. Up-down counter, <c>{item}</c>.</summary>
    public const string ItemsWaiting = "fanout.items.waiting";

    /// <summary>Items settled a second, over the last five seconds. Gauge, <c>{item}/s</c>.</summary>
    public const string ItemsRate = "fanout.items.rate";

    /// <summary>How long an attempt at an item took in the handler, by what came of it. Histogram, <c>s</c>.</summary>
    public const string ItemDuration = "fanout.item.duration";

    /// <summary>Attempts after which an item is to be tried again. Counter, <c>{retry}</c>.</summary>
    public const string Retries = "fanout.retries";

    /// <summary>Places of the runs' concurrency, by what each is busy with or waits for. Up-down counter, <c>{place}</c>.</summary>
    public const string Places = "fanout.places";

    /// <summary>Runs that this process works. Up-down counter, <c>{run}</c>.</summary>
    public const string RunsActive = "fanout.runs.active";

    /// <summary>Runs that this process ended, by status. Counter, <c>{run}</c>.</summary>
    public const string Runs = "fanout.runs";

    /// <summary>How long an execution of a batch took, by how it ended. Histogram, <c>s</c>.</summary>
    public const string BatchDuration = "fanout.batch.duration";

    /// <summary>How long a batch waited in the queue before a worker took it for the first time. Histogram, <c>s</c>.</summary>
    public const string QueueAge = "fanout.queue.age";

    /// <summary>Events in an orchestration's history after each of its turns. Histogram, <c>{event}</c>.</summary>
    public const string HistoryLength = "fanout.history.length";

    /// <summary>How long a turn's decisions took to be durable. Histogram, <c>s</c>.</summary>
    public const string CommitDuration = "fanout.commit.duration";

    /// <summary>How much a turn adds to its history. Histogram, <c>By</c>.</summary>
    public const string CommitSize = "fanout.commit.size";

    /// <summary>How long a transaction of the store took, its sync to disk included. Histogram, <c>s</c>.</summary>
    public const string TransactionDuration = "fanout.transaction.duration";

    /// <summary>Pieces of work in a transaction of the store: turns, messages, leases. Histogram, <c>{operation}</c>.</summary>
    public const string TransactionSize = "fanout.transaction.size";
}
