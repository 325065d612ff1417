using System.Buffers;
using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Told of a line that a query wants.</summary>
/// <param name="offset">Where it begins in its part.</param>
/// <param name="index">Its item.</param>
/// <param name="line">The line, with its end.</param>
internal delegate void LineFound(long offset, long index, ReadOnlySpan<byte> line);

/// <summary>Reads the counted bytes of a part once, in order, and finds the lines a query wants.</summary>
internal sealed class PartScan(string runId, PartRef part, ResultQuery query)
{
    private const int BlockSize = 256 * 1024;

    private long _lines;

    /// <summary>Lists where the lines are, sorted by item.</summary>
    public async ValueTask<List<LineEntry>> ListAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (part.LastIndex - part.FirstIndex > uint.MaxValue)
            throw Damaged("holds items too far apart");
        var entries = new List<LineEntry>(query.Status is null ? (int)Math.Min(part.Items, 1 << 20) : 0);
        var isSorted = true;
        await RunAsync(stream, Add, cancellationToken).ConfigureAwait(false);
        if (!isSorted)
            entries.Sort();
        return entries;

        void Add(long offset, long index, ReadOnlySpan<byte> line)
        {
            var entry = new LineEntry(offset, (uint)(index - part.FirstIndex), line.Length);
            isSorted &= entries.Count == 0 || entries[^1].RelativeIndex <= entry.RelativeIndex;
            entries.Add(entry);
        }
    }

    /// <summary>Finds the lines, in the order of the part.</summary>
    public async ValueTask RunAsync(Stream stream, LineFound found, CancellationToken cancellationToken)
    {
        // Lines are appended as items settle; one that began (and was counted) before this scan is all there.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(part.Length, 1, BlockSize));
        try
        {
            long at = 0;
            var held = 0;
            while (at + held < part.Length)
            {
                if (held == buffer.Length)
                    Grow(ref buffer, held);
                var wanted = (int)Math.Min(buffer.Length - held, part.Length - at - held);
                var read = await stream.ReadAtLeastAsync(buffer.AsMemory(held, wanted), wanted, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                if (read < wanted)
                    throw Damaged($"ends at byte {at + held + read:N0}");
                held += read;
                var used = FindLines(buffer.AsSpan(0, held), at, found);
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                at += used;
                held -= used;
            }

            if (held > 0)
                throw Damaged("has a last line without an end");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_lines != part.Items)
            throw Damaged($"holds {_lines:N0} lines");
    }

    private static void Grow(ref byte[] buffer, int held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
        buffer.AsSpan(0, held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>Takes whole lines; returns how many bytes they are.</summary>
    private int FindLines(ReadOnlySpan<byte> bytes, long offset, LineFound found)
    {
        var used = 0;
        while (bytes[used..].IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = bytes.Slice(used, end + 1);
            if (IsWanted(line[..end], offset + used, out var index))
                found(offset + used, index, line);
            used += end + 1;
        }

        return used;
    }

    private bool IsWanted(ReadOnlySpan<byte> line, long offset, out long index)
    {
        _lines++;
        if (!ResultLineParser.TryReadIndex(line, out index))
            throw Damaged($"has something else than a result line at byte {offset:N0}");
        if (index < part.FirstIndex || index > part.LastIndex)
            throw Damaged($"holds item {index} at byte {offset:N0}");
        if (index < query.From || index >= (query.To ?? long.MaxValue))
            return false;
        return query.Status is not { } wanted || (ResultLineParser.TryReadStatus(line, out var status) ? wanted.Contains(status)
            : throw Damaged($"has a line without a status at byte {offset:N0}"));
    }

    private StorageException Damaged(string finding) => new(
        $"Part '{part.Name}' of run '{runId}' is damaged: it {finding}; recorded are {part.Items:N0} lines in {part.Length:N0} bytes with items {part.FirstIndex} to {part.LastIndex}. Restore it from a backup, or purge the run and start it again.");
}
