using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Fanout.Azure.Queues;
using Fanout.Dispatch;
using Fanout.Processing;
using Fanout.Serialization;
using Fanout.Sources;

namespace Fanout.Azure.Tests.Queues;

/// <summary>Batches and results to send, and what is in a hub's queues.</summary>
internal static class Batches
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan Visibility = TimeSpan.FromMinutes(1);

    /// <summary>A batch of a run <c>r</c>; with thousands of pending items, four characters each, it grows as large as wanted.</summary>
    public static BatchMessage Message(string key = "b000-l00-00000", int pending = 1)
    {
        var input = new BatchInput("r", key, new SourcePlan(1_000, "size 12 etag \"a\""), 0, 1_000, Pending(pending), Lane: 1, Lanes: 4, SliceFraction: 0.5);
        return new BatchMessage("r:b000", input with { MoreFollows = true });
    }

    public static BatchCompletion Completion(string key = "b000-l00-00000", int pending = 1) => new("r:b000", key, new BatchResult
    {
        End = BatchEnd.HandedBack,
        Next = 700,
        Pending = Pending(pending),
        Tally = new Tally { Succeeded = 699 },
        ItemsPerSecond = 1.5,
    });

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, FanoutJson.Options);

    /// <summary>Messages of a queue as they say, whoever hides them excepted; none when there is no such queue.</summary>
    public static async Task<IReadOnlyList<string>> PeekAsync(AzureStorage hub, string queue)
    {
        var client = hub.Queue(queue);
        if (!await client.ExistsAsync())
            return [];
        PeekedMessage[] peeked = await client.PeekMessagesAsync(32);
        return [.. peeked.Select(message => MessageText.Decode(message.Body.ToString()))];
    }

    public static async Task<IReadOnlyList<string>> BlobsAsync(AzureStorage hub)
    {
        var names = new List<string>();
        if (await hub.Container.ExistsAsync())
        {
            await foreach (var blob in hub.Container.GetBlobsAsync())
                names.Add(blob.Name);
        }

        return names;
    }

    /// <summary>Puts a message there as somebody else would.</summary>
    public static async Task PutAsync(AzureStorage hub, string queue, string text, bool encoded)
    {
        await hub.Queue(queue).CreateIfNotExistsAsync();
        await hub.Queue(queue).SendMessageAsync(encoded ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text);
    }

    /// <summary>Asks until there is an answer: what is hidden for a second or two comes back in the service's time, not the test's.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private static List<PendingItem> Pending(int count)
    {
        var notBefore = DateTimeOffset.Parse("2026-11-23T12:00:00.1234567Z", CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, count).Select(index => new PendingItem(index, 1, notBefore))];
    }
}
