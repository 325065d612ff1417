using System.Globalization;
using System.Text;
using Fanout.Handlers;
using Fanout.Processing;
using Fanout.Sources;
using Fanout.Storage;
using Fanout.Tests.Results.Redriving;

namespace Fanout.Tests.Processing.Feeds;

/// <summary>Batches over items <c>{"k":key,"n":place among those of its key}</c>.</summary>
internal static class KeyedRig
{
    public static BatchRig Create(
        IReadOnlyList<int> keys, PerKeySpec perKey, Func<int, int, ItemContext, CancellationToken, ValueTask> handle,
        TimeProvider? time = null, int concurrency = 8, RetrySpec? retry = null, BatchSpec? batch = null, FlowSpec? flow = null, bool lanesShareProcess = true)
    {
        var spec = BatchRig.Range(
            keys.Count,
            (flow ?? new FlowSpec()) with { Concurrency = concurrency, PerKey = perKey },
            new FailureSpec { Retry = retry ?? new RetrySpec() },
            batch ?? new BatchSpec { Slice = TimeSpan.FromDays(1) });
        return new BatchRig(spec, async (context, token) =>
        {
            var (key, place) = Parse(context);
            await handle(key, place, context, token);
            return null;
        }, time, lanesShareProcess: lanesShareProcess)
        {
            Source = Source(keys),
        };
    }

    /// <summary>An item for each of the keys, in that order.</summary>
    public static ISource Source(IReadOnlyList<int> keys)
    {
        var seen = new Dictionary<int, int>();
        var items = keys.Select((key, index) =>
        {
            seen[key] = seen.GetValueOrDefault(key) + 1;
            return new Item(index, Encoding.UTF8.GetBytes($$"""{"k":{{key}},"n":{{seen[key] - 1}}}"""), IsText: false);
        }).ToList();
        return new KeyedSource(new ListSource(items), "/k", SortSettings.Default);
    }

    public static async Task<BatchResult> WorkAllAsync(this BatchRig rig, CancellationToken stopping = default) =>
        await rig.WorkAsync(0, (await rig.PlanAsync()).ByKey!.Value.Keys, stopping: stopping);

    private static (int Key, int Place) Parse(ItemContext context)
    {
        var numbers = Encoding.UTF8.GetString(context.Item.Value.Span).Split(':', ',', '}');
        return (int.Parse(numbers[1], CultureInfo.InvariantCulture), int.Parse(numbers[3], CultureInfo.InvariantCulture));
    }
}
