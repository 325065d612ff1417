using System.Globalization;

namespace Fanout.Sources;

/// <summary>How a text of lines is cut into parts that activities scan each for itself.</summary>
/// <param name="Stamp">The version that is scanned.</param>
/// <param name="Start">Where its first line begins.</param>
/// <param name="PartBytes">The size of all parts but the last.</param>
/// <param name="CellBytes">The size of the index's cells (<see cref="IndexPart.CellBytes"/>).</param>
internal sealed record TextSplit(ContentStamp Stamp, long Start, long PartBytes, long CellBytes)
{
    /// <summary>The parts' borders.</summary>
    public IReadOnlyList<(long Start, long End)> Parts => TextParts.Split(Start, Stamp.Length, PartBytes);

    /// <summary>Where the first line begins.</summary>
    public Place First => new(Start, Line: 1);

    /// <summary>Cuts a text: into parts of <see cref="ScanSettings.PartBytes"/>, or of so many that there are no more than <see cref="SourceSplit.MaxParts"/>.</summary>
    public static TextSplit Of(ContentStamp stamp, long start, ScanSettings settings)
    {
        var atLeast = (stamp.Length - start + SourceSplit.MaxParts - 1) / SourceSplit.MaxParts;
        return new TextSplit(stamp, start, Math.Max(settings.PartBytes, atLeast), IndexPart.CellBytes(stamp.Length, settings));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="SourceException">It is something else.</exception>
    public static TextSplit Parse(string text, string sourceName)
    {
        if (text.Split(" | ") is [var stamp, var sizes] && sizes.Split(' ') is [var start, var part, var cell]
            && TryParse(start, out var startBytes) && TryParse(part, out var partBytes) && TryParse(cell, out var cellBytes)
            && partBytes > 0 && cellBytes > 0)
        {
            return new TextSplit(ContentStamp.Parse(stamp, sourceName), startBytes, partBytes, cellBytes);
        }

        throw new SourceException($"{sourceName} was split by another version of Fanout ('{text}'). Start a new run.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stamp} | {Start} {PartBytes} {CellBytes}");

    private static bool TryParse(string text, out long bytes) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
}
