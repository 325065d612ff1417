namespace Fanout.Specs;

/// <summary>A fixed choice: the words a spec uses, and what each stands for.</summary>
internal sealed class SpecWords<T>(params (string Word, T Value)[] entries)
    where T : struct
{
    public IEnumerable<string> All => entries.Select(entry => entry.Word);

    public T? Find(string word)
    {
        foreach (var entry in entries)
        {
            if (string.Equals(entry.Word, word, StringComparison.Ordinal))
                return entry.Value;
        }

        return null;
    }

    public string WordFor(T value) => entries.Single(entry => entry.Value.Equals(value)).Word;
}

/// <summary>The fixed choices of specs; the first of each is the default.</summary>
internal static class SpecWords
{
    public static SpecWords<KeepResults> Keep { get; } =
        new(("all", KeepResults.All), ("failures", KeepResults.Failures), ("none", KeepResults.None));

    public static SpecWords<BatchDispatch> Dispatch { get; } =
        new(("activity", BatchDispatch.Activity), ("queue", BatchDispatch.Queue));

    public static SpecWords<RedriveSelection> Only { get; } = new(
        ("all", RedriveSelection.All),
        ("failed", RedriveSelection.Failed),
        ("timedOut", RedriveSelection.TimedOut),
        ("cancelled", RedriveSelection.Cancelled));
}
