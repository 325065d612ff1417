using System.Text.Json.Nodes;

namespace Fanout.Dashboard.Tests.Support;

/// <summary>Specs over the handlers of the test's home.</summary>
internal static class SpecText
{
    /// <summary>Its items wait until the test opens the home's gate.</summary>
    public static string Gated(string id, int items = 8, int concurrency = 2, string? limit = null) => Range(id, "gate", items, concurrency, limit);

    /// <summary>Items with even numbers fail.</summary>
    public static string Odd(string id, int items) => Range(id, "odd", items, 16, null);

    private static string Range(string id, string handler, int items, int concurrency, string? limit) => new JsonObject
    {
        ["id"] = id,
        ["handler"] = new JsonObject { ["name"] = handler },
        ["source"] = new JsonObject { ["kind"] = "range", ["start"] = 0, ["end"] = items },
        ["flow"] = new JsonObject { ["concurrency"] = concurrency, ["limits"] = limit is null ? new JsonArray() : new JsonArray(limit) },
    }.ToJsonString();
}
