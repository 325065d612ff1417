namespace Fanout.Specs;

/// <summary>Reads <c>flow.perKey</c>.</summary>
internal static class PerKeySpecReader
{
    public static readonly string[] Fields = ["key", "concurrency", "rate", "burst", "ordered"];

    private const string Example = "{ \"key\": \"/tenantId\", \"concurrency\": 2 }";

    public static PerKeySpec? Read(SpecCursor cursor)
    {
        if (cursor.AsObject(Fields, Example) is not { } perKey)
            return null;

        var key = perKey.Require("key", "\"/tenantId\"")?.Pointer("/tenantId");
        var ordered = perKey.Find("ordered")?.Flag() ?? false;
        var concurrency = perKey.Find("concurrency");
        var units = concurrency?.Count(1, 100_000, "items of one key in flight");
        var (rate, burst) = RateReader.Read(perKey);
        if (ordered && units > 1)
            concurrency?.Refuse("is not 1, and with \"ordered\" items of one key run one after another.", "Leave it out, or leave \"ordered\" out.");
        if (!ordered && concurrency is null && perKey.Find("rate") is null)
            cursor.Refuse("limits nothing.", $"Give \"concurrency\", \"rate\", or \"ordered\": true, such as {Example}.");
        return key is null ? null : new PerKeySpec(key) { Concurrency = ordered ? 1 : units, Rate = rate, Burst = burst, Ordered = ordered };
    }
}
