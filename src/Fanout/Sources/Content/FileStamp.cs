using System.Globalization;
using System.Security.Cryptography;

namespace Fanout.Sources;

/// <summary>What a file looked like: size, time of its last write, and a hash of samples spread over it.</summary>
/// <remarks>Samples, because a file of many gigabytes must be verified in a moment; a change that keeps size, time and all samples goes unseen.</remarks>
internal sealed record FileStamp(long Size, long ModifiedTicks, string Hash)
{
    private const int Samples = 64;
    private const int SampleBytes = 4096;
    private const int HashBytes = 16;

    /// <summary>Looks at an open file.</summary>
    public static FileStamp Of(FileStream file) => new(file.Length, Modified(file), HashOf(file));

    /// <summary>Reads what <see cref="ToString"/> wrote; null: it is something else.</summary>
    public static FileStamp? Parse(string text) =>
        text.Split(':') is [var size, var ticks, var hash]
        && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var sizeValue)
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var ticksValue)
            ? new FileStamp(sizeValue, ticksValue, hash)
            : null;

    /// <summary>What differs at a glance; null: nothing.</summary>
    public string? DifferenceAtAGlance(FileStream file) => DifferenceTo(file.Length, Modified(file));

    /// <summary>What differs, contents sampled; null: nothing.</summary>
    public string? Difference(FileStream file) =>
        DifferenceAtAGlance(file) ?? (HashOf(file) == Hash ? null : "its content differs, at the same size and time");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Size}:{ModifiedTicks}:{Hash}");

    private string? DifferenceTo(long size, long ticks)
    {
        if (size != Size)
            return string.Create(CultureInfo.InvariantCulture, $"its size was {Size} bytes and is {size}");
        return ticks != ModifiedTicks
            ? string.Create(CultureInfo.InvariantCulture, $"it was last written at {Time(ModifiedTicks):O} and now at {Time(ticks):O}")
            : null;
    }

    private static DateTime Time(long ticks) => new(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    private static long Modified(FileStream file) => File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks;

    private static string HashOf(FileStream file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = file.Length;
        var sample = new byte[SampleBytes];
        var last = Math.Max(0, size - SampleBytes);
        var count = (int)Math.Min(Samples, (size + SampleBytes - 1) / SampleBytes);
        for (var i = 0; i < count; i++)
        {
            var offset = count == 1 ? 0 : (long)((Int128)last * i / (count - 1));
            var read = RandomAccess.Read(file.SafeFileHandle, sample, offset);
            hash.AppendData(sample.AsSpan(0, read));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes));
    }
}
