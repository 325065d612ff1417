using System.Globalization;

namespace Fanout.Sources;

/// <summary>One version of a remote text: what it was when the run was planned, and must be whenever it is read.</summary>
/// <param name="Size">Its bytes.</param>
/// <param name="Tag">What changes with every write of it: its ETag.</param>
public sealed record RemoteVersion(long Size, string Tag)
{
    private const char Mark = '@';

    /// <summary>Reads what <see cref="ToString"/> wrote; null: it is something else.</summary>
    internal static RemoteVersion? Parse(string text) =>
        text.StartsWith(Mark) && text[1..].Split(':') is [var size, var tag]
        && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new RemoteVersion(bytes, Uri.UnescapeDataString(tag))
            : null;

    /// <summary>What differs in a version found later; null: nothing.</summary>
    internal string? DifferenceTo(RemoteVersion now)
    {
        if (now.Size != Size)
            return string.Create(CultureInfo.InvariantCulture, $"its size was {Size} bytes and is {now.Size}");
        return now.Tag == Tag ? null : $"its ETag was {Tag} and is {now.Tag}";
    }

    /// <summary>One word, without spaces and colons but its own.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mark}{Size}:{Uri.EscapeDataString(Tag)}");
}
