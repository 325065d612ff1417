using System.Globalization;
using Fanout.Embedded.Storage;
using Fanout.Embedded.Tests.Runs;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Embedded.Tests.CheckedCounts;

/// <summary>
/// What a run costs, in counts. The clock stands still, so that nothing is counted that goes by time; and of what a run costs whatever its length
/// nothing is left in the difference of two lengths. Counts are those of the whole process: no other test runs beside these.
/// </summary>
[Collection(nameof(Alone))]
public sealed class RunCountTests(ITestOutputHelper output)
{
    private const int Few = 20_000;
    private const int Many = 220_000;
    private const int Times = 3;
    private const int ItemsPerBatch = 1_000;
    private const int Batches = 41;

    [Fact]
    public async Task ALineOfJson_AllocatesNoMoreThanIsCheckedIn()
    {
        await using var home = await OpenAsync();
        Check(CheckedCount.BytesOfAJsonLine, await BytesAsync(home, items =>
            $$"""{ "kind": "jsonl", "path": "{{home.File($"{items}.jsonl", [.. Enumerable.Range(0, items).Select(Line)])}}" }"""));
    }

    [Fact]
    public async Task AnItemOfARange_AllocatesNoMoreThanIsCheckedIn()
    {
        await using var home = await OpenAsync();
        Check(CheckedCount.BytesOfANumber, await BytesAsync(home, Range));
    }

    [Fact]
    public async Task ABatchAndARun_WriteNoMoreOftenThanIsCheckedIn()
    {
        await using var home = await OpenAsync();
        var one = await LeastWrittenAsync(home, "one", 1);
        var many = await LeastWrittenAsync(home, "many", Batches * ItemsPerBatch);
        Check(CheckedCount.WritesOf1000, (many - one) / (Batches - 1.0));
        Check(CheckedCount.WritesOfARun, one);
    }

    [Fact]
    public async Task ABatchAndARun_HaveNoLongerHistoriesThanIsCheckedIn()
    {
        await using var home = await OpenAsync();
        await RunInBatchesAsync(home, "one", 1);
        var one = await HistoryAsync(home);
        await RunInBatchesAsync(home, "many", Batches * ItemsPerBatch);
        var many = await HistoryAsync(home) - one;
        Check(CheckedCount.HistoryOf1000, (many - one) / (Batches - 1.0));
        Check(CheckedCount.HistoryOfARun, one);
    }

    private static Task<TestHome> OpenAsync() => TestHome.OpenAsync(time: new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));

    private static string Line(int index) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"id\":{index},\"customer\":\"customer-{index % 1000:D4}\",\"amount\":{index % 10_000}.25,\"tags\":[\"a\",\"b\"],\"paid\":true}}");

    private static string Range(int items) => $$"""{ "kind": "range", "start": 0, "end": {{items}} }""";

    private static async Task<double> BytesAsync(TestHome home, Func<int, string> source)
    {
        var few = await LeastAllocatedAsync(home, source(Few), Few);
        var many = await LeastAllocatedAsync(home, source(Many), Many);
        return (double)(many - few) / (Many - Few);
    }

    // Buffers that are used again are first allocated by whoever happens to need them: what comes by chance is not in the least of several.
    private static async Task<long> LeastAllocatedAsync(TestHome home, string source, int items)
    {
        var least = long.MaxValue;
        for (var time = 0; time < Times; time++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await RunAsync(home, $$"""{ "id": "r{{items}}-{{time}}", "handler": { "name": "noop" }, "source": {{source}}, "batch": { "lanes": 2 } }""", items);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    // Likewise what an earlier test left behind, an engine that was given up and still renews its lease, writes now and then.
    private static async Task<long> LeastWrittenAsync(TestHome home, string id, int items)
    {
        using var counter = new WriteCounter();
        var least = long.MaxValue;
        for (var time = 0; time < Times; time++)
        {
            var before = counter.Writes;
            await RunInBatchesAsync(home, $"{id}-{time}", items);
            least = Math.Min(least, counter.Writes - before);
        }

        return least;
    }

    // One lane: batches come one after another, and no two turns become one.
    private static Task RunInBatchesAsync(TestHome home, string id, int items) => RunAsync(
        home,
        $$"""{ "id": "{{id}}", "handler": { "name": "noop" }, "source": {{Range(items)}}, "batch": { "lanes": 1, "maxItems": {{ItemsPerBatch}} } }""",
        items);

    private static async Task RunAsync(TestHome home, string spec, int items) => Assert.Equal(items, (await home.RunAsync(spec)).Tally.Succeeded);

    private static async Task<long> HistoryAsync(TestHome home)
    {
        await using var database = SqliteDatabase.Open(home.Path);
        return await database.ReadAsync(session => session.Number("SELECT count(*) FROM history"));
    }

    private void Check(CheckedCount count, double counted)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count.What}: {counted:0.###}, checked in {count.Number:0.###}"));
        count.Check(counted);
    }
}
