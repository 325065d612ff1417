namespace Fanout.Specs;

/// <summary>Reads <c>results</c>.</summary>
internal static class ResultsSpecReader
{
    public static readonly string[] Fields = ["keep", "reduce"];

    public static ResultsSpec Read(SpecCursor cursor, FanoutRegistry registry)
    {
        var defaults = new ResultsSpec();
        if (cursor.AsObject(Fields, "{ \"keep\": \"all\" }") is not { } results)
            return defaults;

        return new ResultsSpec
        {
            Keep = results.Find("keep")?.Choice(SpecWords.Keep) ?? defaults.Keep,
            Reduce = results.Find("reduce")?.Registered("reducer", registry.Reductions.Keys),
        };
    }
}
