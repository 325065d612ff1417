namespace Fanout.Specs;

/// <summary>Finds what a mistyped name probably meant.</summary>
internal static class NearestName
{
    private const int LongestCompared = 100;

    /// <summary>The name meant; null: none is near.</summary>
    internal static string? Find(string given, IEnumerable<string> names)
    {
        if (given.Length > LongestCompared)
            return null;
        var nearest = names.Select(name => (name, distance: Distance(given, name))).OrderBy(n => n.distance).FirstOrDefault();
        return nearest.name is { } name && nearest.distance <= Math.Max(1, Math.Max(given.Length, name.Length) / 3) ? name : null;
    }

    /// <summary>All names, the nearest first, then by alphabet.</summary>
    internal static IReadOnlyList<string> Order(string given, IEnumerable<string> names) =>
        [.. names
            .OrderBy(name => given.Length > LongestCompared ? 0 : Distance(given, name))
            .ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours, whatever the case of letters.</summary>
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = rows[i - 1, j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                rows[i, j] = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[left.Length, right.Length];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
