namespace Fanout.Planning.Costs;

/// <summary>
/// What one thing costs in operations, actions and seconds. What is Fanout's own was counted over Azurite (<c>OperationCostTests</c>); what is of
/// a back end is from its documentation or source, named beside it.
/// </summary>
public sealed record CostModel
{
    /// <summary>The figures as they are.</summary>
    public static CostModel Standard { get; } = new();

    // Fanout's own.

    /// <summary>What a worker with two processors spends on an item beside its handler: reading, settling and writing it. Counted: 50,000 no-ops by queue.</summary>
    public TimeSpan ItemOverhead { get; init; } = TimeSpan.FromMicroseconds(40);

    /// <summary>What a batch takes beside its items: being sent, received, opened, ended and reported, some fifteen requests one after another.</summary>
    public TimeSpan BatchOverhead { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Planning, the first batches' way to whoever is free, and the report.</summary>
    public TimeSpan StartAndEnd { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A range is worth a batch from this much work on (<c>Planner.LeastRange</c>).</summary>
    public TimeSpan WorthASending { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of an item's line in the results: index, status, attempts, duration and a short output.</summary>
    public double BytesOfAResult { get; init; } = 100;

    /// <summary>What is appended to a part at once (<c>PartJournal</c>).</summary>
    public double BytesOfAnAppend { get; init; } = 256 * 1024;

    /// <summary>A batch looks for a checkpoint and creates its part; then each checkpoint is an append and a write, and the last is always made.</summary>
    public double BlobWritesOfABatch { get; init; } = 2;

    /// <summary>By queue it is claimed first (<c>BatchClaim</c>).</summary>
    public double BlobWritesOfABatchByQueue { get; init; } = 1;

    /// <summary>The index or the part of the source.</summary>
    public double BlobReadsOfABatch { get; init; } = 1;

    /// <summary>Its checkpoint, when its branch ends.</summary>
    public double BlobDeletesOfABatch { get; init; } = 1;

    /// <summary>Sent, received, its result sent, the message deleted, its result deleted (<c>AzureBatchQueueTests.Batch_CostsFiveRequestsAndItsShareOfOne</c>).</summary>
    public double QueueOperationsOfABatch { get; init; } = 5;

    /// <summary>Results received at once; that is one operation. A queue gives no more than 32 messages.</summary>
    public double ResultsReceivedAtOnce { get; init; } = 32;

    /// <summary>How often a batch by queue is renewed while it is worked: a third of <c>--visibility</c>.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Questions to an empty queue, a second: the coordinator's one, and a worker's half.</summary>
    public double PollsASecond { get; init; } = 1.5;

    /// <summary>Lanes a worker has at once (<c>worker --batches</c>), or an instance of a function app.</summary>
    public double LanesOfAWorker { get; init; } = 16;

    /// <summary>Every second a lane that is worked writes its row (<c>LaneWatch</c>).</summary>
    public double TableOperationsOfALaneASecond { get; init; } = 1;

    /// <summary>Every second a worker looks at the run. Likewise.</summary>
    public double TableOperationsOfAWorkerASecond { get; init; } = 1;

    /// <summary>Every second the coordinator asks for the run's control, writes its progress and looks at the lanes' (<c>RunWatch</c>).</summary>
    public double TableOperationsOfTheCoordinatorASecond { get; init; } = 3;

    /// <summary>A batch makes whoever works it look at its run.</summary>
    public double TableOperationsOfABatch { get; init; } = 1;

    /// <summary>A run's row, its entry in the list, its plan, manifest and report.</summary>
    public StorageOperations OfARun { get; init; } = new(BlobWrites: 8, BlobReads: 6, BlobDeletes: 2, Queue: 4, Table: 16);

    /// <summary>A branch's list of its parts, written, and read for the manifest.</summary>
    public StorageOperations OfABranch { get; init; } = new(BlobWrites: 2, BlobReads: 1, BlobDeletes: 0, Queue: 0, Table: 0);

    /// <summary>Events of a history after which a branch or a root hands over (<c>BranchOrchestration</c>, <c>RunOrchestration</c>).</summary>
    public double HistoryBudget { get; init; } = 400;

    /// <summary>A call and its result.</summary>
    public double EventsOfACall { get; init; } = 3;

    /// <summary>The call that sends a batch, the event that brings its result, and the timer that watches over both.</summary>
    public double EventsOfASending { get; init; } = 7;

    // Durable Functions over Azure Storage.

    /// <summary>
    /// An activity: its message sent, received and deleted, and so its result. A queue each for activities and for instances:
    /// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-azure-storage-provider.
    /// </summary>
    public double QueueOperationsOfAnActivity { get; init; } = 6;

    /// <summary>A message to an instance, such as its start or an event: sent, received, deleted. Likewise.</summary>
    public double QueueOperationsOfAMessage { get; init; } = 3;

    /// <summary>Each time an orchestrator runs on: its history read, its new events written, its row of the instances' table written. Likewise.</summary>
    public double TableOperationsOfAnEpisode { get; init; } = 3;

    /// <summary>Messages that an orchestrator takes up at once, <c>controlQueueBatchSize</c>: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-bindings#host-json.</summary>
    public double MessagesOfAnEpisode { get; init; } = 32;

    /// <summary>Rows that one answer has; longer histories take more: https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination.</summary>
    public double RowsOfAnAnswer { get; init; } = 1_000;

    /// <summary>Rows that one transaction writes: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.</summary>
    public double RowsOfATransaction { get; init; } = 100;

    /// <summary>
    /// Activities a second of one orchestration that fans out, as its throughput is given:
    /// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-azure-storage-provider#performance-targets.
    /// </summary>
    public double ActivitiesASecond { get; init; } = 100;

    // The Durable Task Scheduler.

    /// <summary>An activity is scheduled, and its result is processed: https://learn.microsoft.com/azure/durable-task/scheduler/durable-task-scheduler-billing.</summary>
    public double ActionsOfAnActivity { get; init; } = 2;

    /// <summary>A sub-orchestration is started, and its result is processed. Likewise.</summary>
    public double ActionsOfABranch { get; init; } = 2;

    /// <summary>Actions a second, the most of the Consumption SKU. Likewise.</summary>
    public double ActionsASecond { get; init; } = 500;

    // Functions, Flex Consumption.

    /// <summary>GB of an instance, all of which is paid for while it works: https://learn.microsoft.com/azure/azure-functions/functions-consumption-costs.</summary>
    public double GigabytesOfAnInstance { get; init; } = 2;

    /// <summary>Activities an instance works at once, <c>maxConcurrentActivityFunctions</c>, 10 a processor, of which this size has one.</summary>
    public double ActivitiesOfAnInstance { get; init; } = 10;

    // Step Functions, Distributed Map.

    /// <summary>Transitions of an item: the map's own, and the step that works it: https://aws.amazon.com/step-functions/pricing/. Of an express workflow only the first.</summary>
    public double TransitionsOfAnItem { get; init; } = 2;

    /// <summary>Executions at once, the most: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html.</summary>
    public double ExecutionsAtOnce { get; init; } = 10_000;

    /// <summary>Executions started a second, an assumption: quotas differ between accounts and regions (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).</summary>
    public double ExecutionsASecond { get; init; } = 1_000;

    /// <summary>GB an express execution is billed for at least, 64 MB: https://aws.amazon.com/step-functions/pricing/.</summary>
    public double GigabytesOfAnExecution { get; init; } = 64.0 / 1_024;

    /// <summary>What its duration is rounded up to. Likewise.</summary>
    public TimeSpan ExecutionGrain { get; init; } = TimeSpan.FromMilliseconds(100);
}
