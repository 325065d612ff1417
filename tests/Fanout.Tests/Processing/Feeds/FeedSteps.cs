using Fanout.Processing;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>A feed step by step, as a batch takes from it.</summary>
internal static class FeedSteps
{
    /// <summary>Opens a feed over the rest of the run from an item (or key) on.</summary>
    public static async Task<ItemFeed> OpenFeedAsync(
        this BatchRig rig, long start = 0, IReadOnlyList<KeyRest>? keys = null, IReadOnlyList<PendingItem>? pending = null)
    {
        var plan = await rig.PlanAsync();
        var end = plan.ByKey?.Keys ?? plan.ItemCount;
        return await ItemFeed.OpenAsync(rig.Scope, new BatchInput("run", "b", plan, start, end, pending ?? [], 0, 1, 1) { Keys = keys ?? [] }, null);
    }

    /// <summary>Takes all items that may start, each for a worker of its own; loads what must be.</summary>
    public static async Task<List<Worker>> TakeAsync(this ItemFeed feed, BatchRig rig, int most = int.MaxValue)
    {
        var workers = new List<Worker>();
        while (workers.Count < most)
        {
            var worker = new Worker(rig.Scope, static () => { });
            switch (feed.Take(worker))
            {
                case Take.Item:
                    workers.Add(worker);
                    break;
                case Take.Read:
                    await feed.BeginLoad();
                    feed.EndLoad();
                    break;
                default:
                    return workers;
            }
        }

        return workers;
    }

    /// <summary>Their items are settled.</summary>
    public static void Release(this ItemFeed feed, IReadOnlyList<Worker> workers)
    {
        foreach (var worker in workers)
            feed.Release(worker.Key!, worker.KeyUnits);
    }

    /// <summary>Its item failed and is to be tried again.</summary>
    public static void Retry(this ItemFeed feed, Worker worker, DateTimeOffset notBefore)
    {
        feed.Wait(worker, Outcome.TryAgain(worker.Attempts + 1, TimeSpan.Zero, notBefore, new ItemError("InvalidOperationException", "again")));
        if (worker.Key is not null)
            feed.Release([worker]);
    }
}
