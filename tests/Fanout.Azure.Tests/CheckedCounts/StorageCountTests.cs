using System.Globalization;
using Fanout.Azure.Tests.Processes;
using Fanout.Azure.Tests.Support;
using Fanout.Embedded.Tests.CheckedCounts;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Azure.Tests.CheckedCounts;

/// <summary>
/// What a batch by queue costs of storage, in counts. What goes by time is left out: messages that are asked for and held, rows of progress and control.
/// Of what a run costs whatever its length nothing is left in the difference of two lengths.
/// </summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class StorageCountTests(ITestOutputHelper output)
{
    private const int ItemsPerBatch = 1_000;
    private const int Few = 2;
    private const int Many = 22;

    [Fact]
    public async Task ABatch_CostsNoMoreOperationsThanIsCheckedIn()
    {
        var few = await CountAsync(Few);
        var many = await CountAsync(Many);
        var counted = (double)(many - few) / (Many - Few);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counted:0.###}, checked in {CheckedCount.OperationsOf1000.Number:0.###}"));
        CheckedCount.OperationsOf1000.Check(counted);
    }

    private async Task<int> CountAsync(int batches)
    {
        var count = OperationCount.Zero;
        var wire = new FaultyTransport();
        wire.Script(request =>
        {
            // As the account's own log would tell it.
            count = count.With($"\"{request.Method} {request.RequestUri!.PathAndQuery} HTTP/1.1\"");
            return null;
        });
        // One lane: batches come one after another. No checkpoint is due before a batch ends.
        var spec = $$"""
            {
              "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": {{batches * ItemsPerBatch}} },
              "batch": { "dispatch": "queue", "lanes": 1, "maxItems": {{ItemsPerBatch}}, "slice": "1m", "checkpoint": "1m" }
            }
            """;
        await using (var process = await OneProcess.StartAsync(wire, spec, static (item, _) => Task.FromResult(item)))
            Assert.Equal(batches * ItemsPerBatch, (await process.EndAsync()).Tally.Succeeded);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{batches} batches: {count}"));
        return count.Of("Blob") + count.Of("Queue", "POST") + count.Of("Queue", "DELETE");
    }
}
