using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Flow;
using Fanout.Serialization;

namespace Fanout.Cli.Rendering;

/// <summary>A limit in words and as JSON.</summary>
internal static class LimitText
{
    /// <summary>Such as <c>20 at once, 100/s, burst 10</c>.</summary>
    public static string Of(LimitSpec limit)
    {
        var words = new List<string>();
        if (limit.Concurrency is { } concurrency)
            words.Add($"{Figures.Count(concurrency)} at once");
        if (limit.Rate is { } rate)
            words.Add(Figures.Rate(rate));
        if (limit.Rate is not null && limit.Burst > 1)
            words.Add($"burst {Figures.Count(limit.Burst)}");
        return string.Join(", ", words);
    }

    /// <summary>The limit's fields, what is granted of it, and to which runs.</summary>
    public static JsonNode Json(LimitLedger ledger)
    {
        var node = JsonSerializer.SerializeToNode(ledger.Limit, FanoutJson.Options)!.AsObject();
        if (ledger.Limit.Rate is null)
            node.Remove("burst");
        node["wanted"] = Runs(ledger).Sum(run => (long)run.Wanted);
        node["granted"] = Granted(ledger);
        node["runs"] = new JsonArray([.. Runs(ledger).Select(Json)]);
        return node;
    }

    /// <summary>Units in flight that processes may have now.</summary>
    public static long Granted(LimitLedger ledger) => ledger.Holdings.Sum(holding => (long)holding.Concurrency);

    private static JsonObject Json(LimitRunShare run) => new()
    {
        ["runId"] = run.RunId,
        ["weight"] = run.Weight,
        ["wanted"] = run.Wanted,
        ["granted"] = run.Granted,
    };

    /// <summary>The runs under the limit, each once, in whichever processes it runs.</summary>
    public static IReadOnlyList<LimitRunShare> Runs(LimitLedger ledger) =>
    [
        .. ledger.Holdings.SelectMany(holding => holding.Runs).GroupBy(run => run.RunId, StringComparer.Ordinal).OrderBy(run => run.Key, StringComparer.Ordinal)
            .Select(run => new LimitRunShare(run.Key, run.First().Weight, run.Sum(share => share.Wanted), run.Sum(share => share.Granted))),
    ];
}
