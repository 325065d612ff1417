using System.Globalization;
using Fanout.Azure.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Azure.Tests.Processes;

/// <summary>How much travels at once in a run with thousands of items that wait to be tried again, and with errors of many kinds.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class SizeTests(ITestOutputHelper output)
{
    private const int Items = 6_000;

    // Around a message's text.
    private const int Envelope = 256;

    [Fact]
    public async Task NoMessageAndNoEventIsLargerThanSixteenKibibytes()
    {
        using var faulty = new FaultyTransport();
        var largest = 0L;
        faulty.Script(request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/messages", StringComparison.Ordinal) && request.Method == HttpMethod.Post)
                largest = Math.Max(largest, request.Content!.Headers.ContentLength ?? long.MaxValue);
            return null;
        });
        await using var process = await OneProcess.StartAsync(faulty, Spec, (item, _) =>
            throw new InvalidOperationException($"{string.Join(' ', Enumerable.Repeat(Word(item % 40), 60))} at {item}"));
        var report = await process.EndAsync();
        Assert.Equal(Items, report.Tally.Failed);
        Assert.Equal(2 * Items, report.Tally.Attempts);
        await process.AssertCompleteAsync(Items);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest message {largest:N0} bytes, largest event {LargestEvent(process.Database):N0} characters"));
        Assert.InRange(largest, 1, AzureStorage.MaxInlineBytes + Envelope);
        Assert.InRange(LargestEvent(process.Database), 1, AzureStorage.MaxInlineBytes);
    }

    private static string Spec => $$"""
        { "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": {{Items}} },
          "flow": { "concurrency": 64 }, "failure": { "retry": { "maxAttempts": 2, "firstDelay": "8s" } },
          "batch": { "dispatch": "queue", "slice": "2s", "lanes": 2 } }
        """;

    private static string Word(int number) => new([(char)('a' + (number % 26)), (char)('a' + (number / 26)), 'x', 'y', 'z']);

    private static long LargestEvent(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT MAX(LENGTH(event)) FROM history";
        return (long)command.ExecuteScalar()!;
    }
}
