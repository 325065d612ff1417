using System.Text.Json.Nodes;

namespace Fanout.Benchmarks.Work;

/// <summary>Requests for runs in this process.</summary>
internal static class RunRequest
{
    /// <summary>A handler over a file of JSON lines.</summary>
    public static JsonObject JsonLines(string path, string handler, int concurrency) =>
        Of(handler, new JsonObject { ["kind"] = "jsonl", ["path"] = path }, concurrency);

    /// <summary>A handler over numbers from 0.</summary>
    public static JsonObject Range(long items, string handler, int concurrency) =>
        Of(handler, new JsonObject { ["kind"] = "range", ["start"] = 0, ["end"] = items }, concurrency);

    private static JsonObject Of(string handler, JsonObject source, int concurrency) => new()
    {
        ["id"] = "benchmark",
        ["handler"] = new JsonObject { ["name"] = handler },
        ["source"] = source,
        ["flow"] = new JsonObject { ["concurrency"] = concurrency },
    };
}
