using Fanout.Processing;

namespace Fanout.Tests.Processing;

/// <summary>A batch that is made, and at work when the test says so. Unless it is told otherwise its lane's range are eight items.</summary>
internal sealed record MadeBatch(Batch Batch, ItemFeed Feed) : IAsyncDisposable
{
    public static async Task<MadeBatch> MakeAsync(BatchRig rig, int lane, int lanes = 2, Func<BatchInput, BatchInput>? with = null)
    {
        var input = new BatchInput("run", $"b0001-l{lane:D2}-00000", await rig.PlanAsync(), lane * 8, (lane + 1) * 8, [], lane, lanes, 1);
        input = with is null ? input : with(input);
        var feed = await ItemFeed.OpenAsync(rig.Scope, input, checkpoint: null);
        return new MadeBatch(new Batch(rig.Scope, input, new BatchExecution(1, CancellationToken.None, CancellationToken.None), checkpoint: null, feed), feed);
    }

    public async ValueTask DisposeAsync()
    {
        await Batch.DisposeAsync();
        await Feed.DisposeAsync();
    }
}
