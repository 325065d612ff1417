using Fanout.Benchmarks.Work;

namespace Fanout.Benchmarks.Others;

/// <summary>A job that handles one item.</summary>
internal sealed class ItemJob(Workload work, ItemCountdown countdown)
{
    /// <summary>Handles an item.</summary>
    public async Task RunAsync(string item)
    {
        try
        {
            await work.HandleLineAsync(item);
            countdown.Count();
        }
        catch (Exception failure)
        {
            countdown.Fail(failure);
            throw;
        }
    }
}
