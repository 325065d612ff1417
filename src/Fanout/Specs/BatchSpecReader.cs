namespace Fanout.Specs;

/// <summary>Reads <c>batch</c>.</summary>
internal static class BatchSpecReader
{
    public static readonly string[] Fields = ["slice", "maxItems", "checkpoint", "dispatch", "branches", "lanes"];

    public static BatchSpec Read(SpecCursor cursor)
    {
        var defaults = new BatchSpec();
        if (cursor.AsObject(Fields, "{ \"slice\": \"10s\" }") is not { } batch)
            return defaults;

        var givenSlice = batch.Find("slice")?.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5), "10s");
        var givenCheckpoint = batch.Find("checkpoint")?.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "1s");
        var slice = givenSlice ?? defaults.Slice;
        if (givenCheckpoint > slice)
        {
            batch.Find("checkpoint")?.Refuse(
                $"is longer than the slice; allowed are 10ms to {HumanDuration.Format(slice)}.",
                "Shorten it, or lengthen \"slice\".");
        }

        return new BatchSpec
        {
            Slice = slice,
            MaxItems = batch.Find("maxItems")?.Count(1, 1_000_000, "items") ?? defaults.MaxItems,
            // The default gives way to a slice that is shorter.
            Checkpoint = givenCheckpoint ?? (slice < defaults.Checkpoint ? slice : defaults.Checkpoint),
            Dispatch = batch.Find("dispatch")?.Choice(SpecWords.Dispatch) ?? defaults.Dispatch,
            Branches = batch.Find("branches")?.Count(1, 256, "branches"),
            Lanes = batch.Find("lanes")?.Count(1, 4_096, "lanes"),
        };
    }
}
