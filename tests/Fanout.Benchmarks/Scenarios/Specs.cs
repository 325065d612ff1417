using System.Text.Json.Nodes;

namespace Fanout.Benchmarks.Scenarios;

/// <summary>Requests for runs in this process.</summary>
internal static class Specs
{
    /// <summary>A handler over a file of JSON lines.</summary>
    public static JsonObject JsonLines(string path, string handler, int concurrency) => new()
    {
        ["id"] = "benchmark",
        ["handler"] = new JsonObject { ["name"] = handler },
        ["source"] = new JsonObject { ["kind"] = "jsonl", ["path"] = path },
        ["flow"] = new JsonObject { ["concurrency"] = concurrency },
    };
}
