using System.Globalization;

namespace Fanout.Doctor;

/// <summary>What a container may use, as control groups tell it, of version 2 and of version 1 (cgroups(7)).</summary>
internal static class ContainerLimits
{
    private const string Groups = "/sys/fs/cgroup";

    // Version 1 has no word for "no limit": it is the largest number of whole pages.
    private const long Unlimited = 1L << 62;

    /// <summary>Processors; null: as many as there are.</summary>
    /// <param name="read">Reads a file; null: it is not there.</param>
    public static double? Cores(Func<string, string?> read)
    {
        if (read($"{Groups}/cpu.max")?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var quota, var period])
            return Divide(quota, period);
        return Divide(read($"{Groups}/cpu/cpu.cfs_quota_us"), read($"{Groups}/cpu/cpu.cfs_period_us"));
    }

    /// <summary>Bytes of memory; null: as much as there is.</summary>
    /// <param name="read">Reads a file; null: it is not there.</param>
    public static long? Memory(Func<string, string?> read) =>
        Number(read($"{Groups}/memory.max") ?? read($"{Groups}/memory/memory.limit_in_bytes")) is { } bytes and < Unlimited ? bytes : null;

    private static double? Divide(string? quota, string? period) =>
        Number(quota) is { } part and > 0 && Number(period) is { } whole and > 0 ? (double)part / whole : null;

    private static long? Number(string? text) => long.TryParse(text?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
