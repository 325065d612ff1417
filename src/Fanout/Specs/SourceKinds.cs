namespace Fanout.Specs;

/// <summary>The kinds of sources that specs may name.</summary>
public static class SourceKinds
{
    /// <summary>Their names, as in <c>source.kind</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. SourceSpecReader.FieldsByKind.Keys];
}
