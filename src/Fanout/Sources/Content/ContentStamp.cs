using System.Globalization;

namespace Fanout.Sources;

/// <summary>What is read of a file source, as its plan records it: the file itself, or a copy of it in the workspace.</summary>
/// <param name="Copy">The copy's name in the workspace; null: the file itself is read.</param>
/// <param name="Length">Bytes of text.</param>
/// <param name="File">What the file looked like; null for standard input.</param>
internal sealed record ContentStamp(string? Copy, long Length, FileStamp? File)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="SourceException">It is something else.</exception>
    public static ContentStamp Parse(string? fingerprint, string sourceName)
    {
        if (fingerprint?.Split(' ') is [var copy, var length, var file]
            && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            return new ContentStamp(copy == "-" ? null : copy, bytes, FileStamp.Parse(file));
        }

        throw new SourceException($"The plan of {sourceName} was written by another version of Fanout ('{fingerprint}'). Start a new run.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Copy ?? "-"} {Length} {File?.ToString() ?? "-"}");
}
