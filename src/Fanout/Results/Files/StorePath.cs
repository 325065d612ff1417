using System.Buffers;

namespace Fanout.Results;

/// <summary>Turns run ids and names into paths that cannot leave the store, whatever they hold.</summary>
internal static class StorePath
{
    // Those of Windows everywhere, so that a store can be moved between systems.
    private static readonly SearchValues<char> Refused = SearchValues.Create("/\\:*?\"<>|");

    public static string Resolve(string root, string runId) => Path.Combine(root, CheckSegment(runId, runId));

    public static string Resolve(string root, string runId, string name) =>
        Path.Combine([Resolve(root, runId), .. name.Split('/').Select(segment => CheckSegment(segment, name))]);

    private static string CheckSegment(string segment, string whole)
    {
        var legal = segment.Length is > 0 and <= 255
            && segment is not ("." or "..")
            && !segment.AsSpan().ContainsAny(Refused)
            && !segment.Any(char.IsControl);
        return legal ? segment : throw new ArgumentException($"'{whole}' cannot name something in the results store.", nameof(whole));
    }
}
