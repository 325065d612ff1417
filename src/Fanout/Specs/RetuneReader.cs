using System.Text.Json;
using Fanout.Runs;

namespace Fanout.Specs;

/// <summary>Reads what is to change of a run under way: <c>{ "concurrency": 8, "rate": "20/s", "burst": 10, "tolerate": "5%", "weight": 2, "paused": true }</c>.</summary>
public static class RetuneReader
{
    private const string Example = "{ \"concurrency\": 8, \"rate\": \"20/s\" }";

    private static readonly string[] Fields = ["concurrency", "rate", "burst", "tolerate", "weight", "paused"];

    /// <summary>Reads it. Every field may be left out, but not all; the ranges are those of a spec.</summary>
    /// <param name="json">The JSON object.</param>
    /// <exception cref="SpecException">It is not legal; the errors name the fields.</exception>
    public static RunChange Read(JsonElement json)
    {
        var errors = new List<SpecError>();
        var root = new SpecCursor("", json, errors);
        var change = SpecJson.Check(root) ? Read(root) : null;
        if (errors.Count == 0 && change == new RunChange(new Retune(), null))
            errors.Add(new SpecError("", null, "changes nothing.", $"Give at least one of {string.Join(", ", Fields)}, such as {Example}."));
        return errors.Count == 0 ? change! : throw new SpecException(errors);
    }

    private static RunChange? Read(SpecCursor cursor)
    {
        if (cursor.AsObject(Fields, Example) is not { } change)
            return null;
        var rate = change.Find("rate")?.Rate();
        return new RunChange(
            new Retune(
                change.Find("concurrency")?.Count(1, 100_000, "items in flight"),
                rate,
                change.Find("burst")?.Count(1, 1_000_000, "starts at once"),
                change.Find("tolerate") is { } tolerate ? ToleranceReader.Read(tolerate) : null,
                change.Find("weight")?.Number(0.001, 1_000)),
            change.Find("paused")?.Flag());
    }
}

/// <summary>What is to change of a run under way.</summary>
/// <param name="Retune">Of its allotment.</param>
/// <param name="Paused">True: it is to pause; false: to go on; null: that stays as it is.</param>
public sealed record RunChange(Retune Retune, bool? Paused);
