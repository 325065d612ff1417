using System.Text.Json;
using Fanout.Flow;
using Fanout.Serialization;

namespace Fanout.Specs;

/// <summary>Reads limits: <c>{ "name": "crm-api", "concurrency": 20, "rate": "100/s", "burst": 10 }</c>.</summary>
public static class LimitSpecReader
{
    private static readonly string[] Fields = ["name", "concurrency", "rate", "burst"];

    /// <summary>Reads a limit.</summary>
    /// <param name="limit">The JSON object; numbers may be text, as people type them. A burst left out is a tenth of a second's worth of the rate, at least 1.</param>
    /// <exception cref="SpecException">It is not legal; the message says what is wrong and what is allowed.</exception>
    public static LimitSpec Read(JsonElement limit)
    {
        var errors = new List<SpecError>();
        var root = new SpecCursor("", limit, errors);
        var read = SpecJson.Check(root) ? Read(root) : null;
        return errors.Count == 0 ? read! : throw new SpecException(errors);
    }

    /// <summary>The limit as it would be read: legal, without a burst of its own where there is no rate.</summary>
    /// <exception cref="SpecException">It is not legal.</exception>
    public static LimitSpec Check(LimitSpec limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        int? burst = limit.Rate is null ? null : limit.Burst;
        return Read(JsonSerializer.SerializeToElement(new { limit.Name, limit.Concurrency, limit.Rate, Burst = burst }, FanoutJson.Options));
    }

    private static LimitSpec? Read(SpecCursor cursor)
    {
        if (cursor.AsObject(Fields, "{ \"name\": \"crm-api\", \"concurrency\": 20 }") is not { } limit)
            return null;
        var name = limit.Require("name", "\"crm-api\"")?.Name("a limit's name", "crm-api");
        var concurrency = limit.Find("concurrency");
        var (rate, burst) = RateReader.Read(limit);
        if (concurrency is null && limit.Find("rate") is null)
            cursor.Errors.Add(new SpecError("", null, "limits nothing: it has neither a concurrency nor a rate.", "Give \"concurrency\", such as 20, or \"rate\", such as \"100/s\", or both."));
        return new LimitSpec(name ?? "", concurrency?.Count(1, 100_000, "items in flight"), rate, burst ?? 1);
    }
}
