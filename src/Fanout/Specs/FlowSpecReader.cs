using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads <c>flow</c>.</summary>
internal static class FlowSpecReader
{
    public static readonly string[] Fields = ["concurrency", "rate", "burst", "limits", "weight", "perKey", "cost", "adaptive"];

    private const int MaxLimits = 16;

    public static FlowSpec Read(SpecCursor cursor)
    {
        var defaults = new FlowSpec();
        if (cursor.AsObject(Fields, "{ \"concurrency\": 64 }") is not { } flow)
            return defaults;

        var (rate, burst) = RateReader.Read(flow);
        return new FlowSpec
        {
            Concurrency = flow.Find("concurrency")?.Count(1, 100_000, "items in flight") ?? defaults.Concurrency,
            Rate = rate,
            Burst = burst,
            Limits = flow.Find("limits") is { } limits ? ReadLimits(limits) : defaults.Limits,
            Weight = flow.Find("weight")?.Number(0.001, 1_000) ?? defaults.Weight,
            PerKey = flow.Find("perKey") is { } perKey ? PerKeySpecReader.Read(perKey) : null,
            Cost = flow.Find("cost") is { } cost ? CostSpecReader.Read(cost) : null,
            Adaptive = flow.Find("adaptive")?.Flag() ?? defaults.Adaptive,
        };
    }

    private static List<string> ReadLimits(SpecCursor cursor)
    {
        var names = new List<string>();
        if (cursor.Value.ValueKind != JsonValueKind.Array)
            cursor.RefuseForm("an array of limits' names", "Write it as [\"crm-api\"].");
        else if (cursor.Value.GetArrayLength() > MaxLimits)
            cursor.Refuse($"has {cursor.Value.GetArrayLength()} names; allowed are 0 to {MaxLimits}.", "Remove some.");

        foreach (var element in cursor.Elements())
        {
            if (element.Name("a limit's name", "crm-api") is not { } name)
                continue;
            if (names.Contains(name, StringComparer.Ordinal))
                element.Refuse("is named already.", "Remove one of the two.");
            names.Add(name);
        }

        // Their order means nothing; sorted, specs that mean the same are the same.
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
