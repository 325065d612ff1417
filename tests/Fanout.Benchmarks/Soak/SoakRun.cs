using System.Text.Json.Nodes;
using Fanout.Client;
using Fanout.Client.Views;

namespace Fanout.Benchmarks.Soak;

/// <summary>A kind of run that the soak has again and again, and what its callers do to it.</summary>
/// <param name="Name">Of the kind.</param>
/// <param name="Spec">Its spec, in JSON, without an id.</param>
/// <param name="Ends">How each must end.</param>
internal sealed record SoakRun(string Name, string Spec, RunStatus Ends)
{
    /// <summary>The limit that runs of one kind share.</summary>
    public const string Limit = "soak";

    /// <summary>What is done while it runs.</summary>
    private Func<FanoutClient, string, Task> Meanwhile { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>True: what did not succeed is run once more.</summary>
    private bool IsRedriven { get; init; }

    /// <summary>One of each kind: what succeeds, fails, is tried again, times out, meets its deadline, runs commands, waits for a limit, a rate and keys, is paused, retuned and cancelled.</summary>
    public static IReadOnlyList<SoakRun> All(string file) =>
    [
        new("lines", $$$"""{"handler":{"name":"noop"},"source":{"kind":"jsonl","path":"{{{file}}}"},"results":{"reduce":"count"}}""", RunStatus.Succeeded),
        new(
            "retries",
            """{"handler":{"name":"delay","options":{"for":"2ms","fail":0.2}},"source":{"kind":"range","start":0,"end":1000},"flow":{"concurrency":32},"failure":{"retry":{"maxAttempts":2,"firstDelay":"5ms"}}}""",
            RunStatus.CompletedWithFailures) { IsRedriven = true },
        new(
            "timeouts",
            """{"handler":{"name":"delay","options":{"for":"1m"}},"source":{"kind":"range","start":0,"end":50},"failure":{"timeout":"20ms"}}""",
            RunStatus.CompletedWithFailures),
        new(
            "deadline",
            """{"handler":{"name":"delay","options":{"for":"1m"}},"source":{"kind":"range","start":0,"end":50},"failure":{"deadline":"1s"}}""",
            RunStatus.TimedOut),
        new("commands", """{"handler":{"name":"exec","options":{"command":["true"]}},"source":{"kind":"range","start":0,"end":20}}""", RunStatus.Succeeded),
        new(
            "limited",
            $$$"""{"handler":{"name":"delay","options":{"for":"1ms"}},"source":{"kind":"range","start":0,"end":200},"flow":{"concurrency":16,"limits":["{{{Limit}}}"]}}""",
            RunStatus.Succeeded),
        new(
            "keys",
            $$$"""{"handler":{"name":"delay","options":{"for":"1ms"}},"source":{"kind":"jsonl","path":"{{{file}}}"},"flow":{"concurrency":64,"rate":"10000/s","perKey":{"key":"/customer","concurrency":1,"ordered":true}},"batch":{"maxItems":500}}""",
            RunStatus.Succeeded),
        new("paused", """{"handler":{"name":"delay","options":{"for":"5ms"}},"source":{"kind":"range","start":0,"end":2000},"flow":{"concurrency":8}}""", RunStatus.Succeeded)
        {
            Meanwhile = async (client, id) =>
            {
                await client.ChangeAsync(id, new JsonObject { ["paused"] = true });
                await client.ChangeAsync(id, new JsonObject { ["concurrency"] = 64 });
                await client.ChangeAsync(id, new JsonObject { ["paused"] = false });
            },
        },
        new("cancelled", """{"handler":{"name":"delay","options":{"for":"1m"}},"source":{"kind":"range","start":0,"end":200}}""", RunStatus.Cancelled)
        {
            Meanwhile = async (client, id) =>
            {
                await foreach (var run in client.WatchAsync(id))
                {
                    if (run.Progress is { InFlight: > 0 })
                        break;
                }

                await client.CancelAsync(id);
            },
        },
    ];

    /// <summary>Has one, from its start until nothing of it is left.</summary>
    /// <returns>Items that came to something.</returns>
    /// <exception cref="InvalidOperationException">It ended otherwise, or not with a result an item.</exception>
    public async Task<long> GoThroughAsync(FanoutClient client)
    {
        var run = await client.StartAsync(JsonNode.Parse(Spec)!.AsObject());
        await Meanwhile(client, run.Id);
        var settled = await EndAsync(client, run.Id);
        if (IsRedriven)
        {
            var again = await client.RedriveAsync(run.Id, new Redrive());
            settled += await EndAsync(client, again.Id);
            await client.DeleteAsync(again.Id);
        }

        await client.DeleteAsync(run.Id);
        return settled;
    }

    private async Task<long> EndAsync(FanoutClient client, string id)
    {
        var report = (await client.WaitAsync(id)).Report!;
        var results = 0L;
        await foreach (var _ in client.ReadResultLinesAsync(id))
            results++;
        var settled = report.Tally.Settled;
        return report.Status == Ends && results == settled
            ? settled
            : throw new InvalidOperationException($"A run of {Name} ended {report.Status} ({report.Message}) with {settled} items and {results} results.");
    }
}
