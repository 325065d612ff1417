using System.Globalization;

namespace Fanout.Cli;

/// <summary>Ids for runs whose caller chose none: they sort by time and can be read aloud.</summary>
internal static class RunIds
{
    // Without the letters and digits that are mistaken for each other.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>An id such as <c>20261123-071512-k3f9</c>, in UTC.</summary>
    public static string Next(TimeProvider time, Random random) =>
        time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + random.GetString(Alphabet, 4);
}
