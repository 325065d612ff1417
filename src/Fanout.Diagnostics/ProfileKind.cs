using System.Globalization;

namespace Fanout.Diagnostics;

/// <summary>What a profile counts.</summary>
public enum ProfileKind
{
    /// <summary>Where threads run managed code: a sample of each a millisecond, as far as the runtime manages.</summary>
    Cpu,

    /// <summary>Where memory is allocated: an event each 100 KiB or so, weighted by bytes.</summary>
    Alloc,

    /// <summary>Where threads wait for locks that others hold, weighted by time.</summary>
    Locks,
}

/// <summary>How a kind is written.</summary>
public static class ProfileKindExtensions
{
    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary><c>cpu</c>, <c>alloc</c> or <c>locks</c>.</summary>
    public static string Word(this ProfileKind kind) => kind switch
    {
        ProfileKind.Cpu => "cpu",
        ProfileKind.Alloc => "alloc",
        ProfileKind.Locks => "locks",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "It is no kind of profile."),
    };

    /// <summary>Reads <see cref="Word"/>; null: it is none.</summary>
    public static ProfileKind? Read(string? word) => Enum.GetValues<ProfileKind>().Cast<ProfileKind?>().FirstOrDefault(kind => kind!.Value.Word() == word);

    /// <summary>What weights of it are, such as <c>samples</c>, <c>bytes</c> or <c>ns</c>.</summary>
    public static string Unit(this ProfileKind kind) => kind switch { ProfileKind.Cpu => "samples", ProfileKind.Alloc => "bytes", _ => "ns" };

    /// <summary>A weight for people: <c>1,204 samples</c>, <c>12.5 MiB</c>, <c>3.2 ms</c>.</summary>
    public static string Format(this ProfileKind kind, long weight) => kind switch
    {
        ProfileKind.Cpu => string.Create(CultureInfo.InvariantCulture, $"{weight:N0} {(weight == 1 ? "sample" : "samples")}"),
        ProfileKind.Alloc => Bytes(weight),
        _ => string.Create(CultureInfo.InvariantCulture, $"{weight / NanosecondsPerMillisecond:N1} ms"),
    };

    private static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:N1} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:N1} GiB"),
    };
}
