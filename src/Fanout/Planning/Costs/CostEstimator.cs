namespace Fanout.Planning.Costs;

/// <summary>A workload to what it would take: pure arithmetic.</summary>
/// <param name="model">What one thing costs.</param>
/// <param name="prices">What that costs in money.</param>
public sealed class CostEstimator(CostModel model, PriceList prices)
{
    /// <summary>All options, Fanout's first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no lanes, or an item takes less than no time.</exception>
    public IReadOnlyList<CostEstimate> Estimate(Workload load)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentOutOfRangeException.ThrowIfLessThan(load.Lanes, 1, nameof(load));
        ArgumentOutOfRangeException.ThrowIfLessThan(load.ItemTime, TimeSpan.Zero, nameof(load));
        return
        [
            OnAzureStorage(load),
            OnDurableTaskScheduler(load),
            OneActivityAnItem(load),
            DistributedMap(load, CostOption.DistributedMapStandard),
            DistributedMap(load, CostOption.DistributedMapExpress),
        ];
    }

    /// <summary>The storage operations of a run that are Fanout's own, whatever its back end.</summary>
    public StorageOperations OfFanout(Workload load)
    {
        ArgumentNullException.ThrowIfNull(load);
        return OfFanout(load, new FanoutShape(load, model));
    }

    private StorageOperations OfFanout(Workload load, FanoutShape run)
    {
        if (run.Batches == 0)
            return model.OfARun;
        var seconds = run.Time.TotalSeconds;
        var secondsOfABatch = load.Items / run.Batches / run.ItemsASecondOfALane;
        // The first checkpoint is the one that ends the batch.
        var checkpoints = 1 + Math.Floor(secondsOfABatch / load.Checkpoint.TotalSeconds);
        var appends = Math.Max(checkpoints, load.Items / run.Batches * model.BytesOfAResult / model.BytesOfAnAppend);
        var workers = FanoutShape.Workers(load, model);
        var ofBatches = new StorageOperations(
            run.Batches * (model.BlobWritesOfABatch + (load.ByQueue ? model.BlobWritesOfABatchByQueue : 0) + checkpoints + appends),
            run.Batches * model.BlobReadsOfABatch,
            run.Batches * model.BlobDeletesOfABatch,
            load.ByQueue ? QueueOperations(run, secondsOfABatch, workers) : 0,
            (run.Batches * model.TableOperationsOfABatch)
                + (run.Work.TotalSeconds * load.Lanes * model.TableOperationsOfALaneASecond)
                + (seconds * ((workers * model.TableOperationsOfAWorkerASecond) + model.TableOperationsOfTheCoordinatorASecond)));
        return model.OfARun + ofBatches + Times(model.OfABranch, run.Branches);
    }

    private double QueueOperations(FanoutShape run, double secondsOfABatch, double workers) =>
        (run.Batches * (model.QueueOperationsOfABatch + (1 / model.ResultsReceivedAtOnce) + Math.Floor(secondsOfABatch / model.RenewEvery.TotalSeconds)))
            + (run.Time.TotalSeconds * (1 + ((model.PollsASecond - 1) * workers)));

    private CostEstimate OnAzureStorage(Workload load)
    {
        var run = new FanoutShape(load, model);
        var messages = (run.Activities * model.QueueOperationsOfAnActivity)
            + ((run.Roots + (2 * run.Branches) + run.Events) * model.QueueOperationsOfAMessage);
        var storage = OfFanout(load, run) + new StorageOperations(0, 0, 0, messages, run.Episodes * model.TableOperationsOfAnEpisode);
        return Fanout(CostOption.FanoutOnAzureStorage, load, run, run.Time, actions: 0, storage);
    }

    private CostEstimate OnDurableTaskScheduler(Workload load)
    {
        var run = new FanoutShape(load, model);
        var actions = run.Roots + (run.Branches * model.ActionsOfABranch) + (run.Activities * model.ActionsOfAnActivity) + run.Events;
        var atMost = Max(run.Time, FanoutShape.Seconds(actions / model.ActionsASecond));
        return Fanout(CostOption.FanoutOnDurableTaskScheduler, load, run, atMost, actions, OfFanout(load, run));
    }

    private CostEstimate Fanout(CostOption option, Workload load, FanoutShape run, TimeSpan time, double actions, StorageOperations storage)
    {
        var executions = run.Activities + run.Episodes + (load.ByQueue ? run.Batches : 0);
        var instances = Math.Ceiling(load.Lanes / model.ActivitiesOfAnInstance);
        var usd = new CostInUsd(prices.SchedulerAction.Of(actions), storage.At(prices), Compute(time, instances, executions));
        return new CostEstimate(option, time, Whole(run.Activities), Whole(run.Roots + run.Branches), Whole(actions), Rounded(storage), usd);
    }

    private CostEstimate OneActivityAnItem(Workload load)
    {
        double items = load.Items;
        var byConcurrency = FanoutShape.Seconds(load.ItemTime.TotalSeconds * items / Math.Max(1, load.Concurrency));
        var time = Max(Max(byConcurrency, load.ItemTime), FanoutShape.Seconds(items / model.ActivitiesASecond));
        var episodes = 1 + Math.Ceiling(items / model.MessagesOfAnEpisode);
        // A row when an item is scheduled, one when it is done. At first all of the former are written, and each episode reads what there is by then,
        // from N rows to 2 N.
        var read = episodes * (1 + (1.5 * items / model.RowsOfAnAnswer));
        var written = (items / model.RowsOfATransaction) + (2 * episodes);
        var queue = (items * model.QueueOperationsOfAnActivity) + model.QueueOperationsOfAMessage;
        var storage = new StorageOperations(0, 0, 0, queue, read + written);
        var inFlight = Math.Min(load.Concurrency, model.ActivitiesASecond * load.ItemTime.TotalSeconds);
        var instances = Math.Max(1, Math.Ceiling(inFlight / model.ActivitiesOfAnInstance));
        var usd = new CostInUsd(0, storage.At(prices), Compute(time, instances, items + episodes));
        return new CostEstimate(CostOption.OneActivityAnItem, time, load.Items, 1, 0, Rounded(storage), usd);
    }

    private CostEstimate DistributedMap(Workload load, CostOption option)
    {
        double items = load.Items;
        var byConcurrency = FanoutShape.Seconds(load.ItemTime.TotalSeconds * items / Math.Clamp(load.Concurrency, 1, model.ExecutionsAtOnce));
        var time = Max(Max(byConcurrency, load.ItemTime), FanoutShape.Seconds(items / model.ExecutionsASecond));
        var billed = Math.Max(1, Math.Ceiling(load.ItemTime / model.ExecutionGrain)) * model.ExecutionGrain.TotalSeconds;
        var actions = items * model.TransitionsOfAnItem;
        var usd = option == CostOption.DistributedMapStandard
            ? prices.StateTransition.Of(actions)
            : prices.StateTransition.Of(items) + prices.ExpressRequest.Of(items) + prices.ExpressGigabyteSecond.Of(items * billed * model.GigabytesOfAnExecution);
        return new CostEstimate(option, time, load.Items, 1 + load.Items, Whole(actions), default, new CostInUsd(usd, 0, 0));
    }

    // An instance is paid for while anything runs on it, whole.
    private double Compute(TimeSpan time, double instances, double executions) =>
        prices.FunctionsGigabyteSecond.Of(time.TotalSeconds * instances * model.GigabytesOfAnInstance) + prices.FunctionsExecution.Of(executions);

    private static StorageOperations Times(StorageOperations one, double count) =>
        new(one.BlobWrites * count, one.BlobReads * count, one.BlobDeletes * count, one.Queue * count, one.Table * count);

    private static StorageOperations Rounded(StorageOperations exact) => new(
        Math.Ceiling(exact.BlobWrites), Math.Ceiling(exact.BlobReads), Math.Ceiling(exact.BlobDeletes), Math.Ceiling(exact.Queue), Math.Ceiling(exact.Table));

    private static long Whole(double count) => (long)Math.Ceiling(count);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
