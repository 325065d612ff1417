using Fanout.Runs;
using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>What a run keeps in memory.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    [Fact]
    public async Task Invariant08_MemoryDoesNotGrowWithTheNumberOfItems()
    {
        var few = await PeakMemoryAsync(20_000);
        var many = await PeakMemoryAsync(2_000_000);
        Assert.InRange(many - few, long.MinValue, 20 << 20);
    }

    [Fact]
    public async Task Memory_DoesNotGrowWithTheNumberOfKeys()
    {
        // An item of a range is its own key here; so many more of them, and what is sorted no longer fits into memory.
        const string ByKey = """ "flow": { "perKey": { "key": "", "ordered": true, "rate": "1000/s" } } """;
        var few = await PeakMemoryAsync(20_000, ByKey);
        var many = await PeakMemoryAsync(1_000_000, ByKey);
        Assert.InRange(many - few, long.MinValue, 20 << 20);
    }

    // What is alive when a garbage collection has just ended, at ten moments of a run.
    private static async Task<long> PeakMemoryAsync(int items, string flow = """ "flow": { } """)
    {
        var peak = 0L;
        await using var home = await TestHome.OpenAsync(fanout => fanout.AddHandler<int, int>("work", number =>
        {
            if (number % (items / 10) == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            return number;
        }));
        var report = await home.RunAsync($$"""{ "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": {{items}} }, {{flow}} }""");
        Assert.Equal(items, report.Tally.Succeeded);
        var read = 0;
        await foreach (var line in home.Fanout.Client.ReadResultsAsync("r", new ResultQuery(), CancellationToken.None))
        {
            if (line.Index % (items / 4) == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            read++;
        }

        Assert.Equal(items, read);
        return peak;
    }
}
