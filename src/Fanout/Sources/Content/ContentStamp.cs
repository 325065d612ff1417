using System.Globalization;

namespace Fanout.Sources;

/// <summary>What is read of a text, as its plan records it: the text where it stands, or a copy of it in the workspace.</summary>
/// <param name="Copy">The copy's name in the workspace; null: the text itself is read.</param>
/// <param name="Length">Bytes of text.</param>
/// <param name="File">What the file looked like; null: it is none, or standard input.</param>
internal sealed record ContentStamp(string? Copy, long Length, FileStamp? File)
{
    /// <summary>The version of a remote text; null: it is none.</summary>
    public RemoteVersion? Remote { get; init; }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="SourceException">It is something else.</exception>
    public static ContentStamp Parse(string? fingerprint, string sourceName)
    {
        if (fingerprint?.Split(' ') is [var copy, var length, var origin]
            && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            return new ContentStamp(copy == "-" ? null : copy, bytes, FileStamp.Parse(origin)) { Remote = RemoteVersion.Parse(origin) };
        }

        throw new SourceException($"The plan of {sourceName} was written by another version of Fanout ('{fingerprint}'). Start a new run.");
    }

    /// <summary>Opens the copy.</summary>
    /// <exception cref="SourceException">It is gone, or not what it was.</exception>
    public RecordText OpenCopy(string name, ISourceWorkspace workspace)
    {
        var copy = workspace.Open(Copy!, name);
        var length = copy.Length;
        if (length == Length)
            return new RecordText(name, copy, length);
        copy.Dispose();
        throw new SourceException($"The run's copy of {name} had {Length} bytes and has {length}. Restore it, or start a new run.");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Copy ?? "-"} {Length} {File?.ToString() ?? Remote?.ToString() ?? "-"}");
}
