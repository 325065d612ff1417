using System.Buffers;
using Fanout.Runs;

namespace Fanout.Results;

/// <summary>Reads the counted bytes of a part once, in order, and lists where the lines a query wants are, sorted by item.</summary>
internal sealed class PartScan(string runId, PartRef part, ResultQuery query)
{
    private const int BlockSize = 256 * 1024;

    private readonly List<LineEntry> _entries = new(query.Status is null ? (int)Math.Min(part.Items, 1 << 20) : 0);
    private bool _isSorted = true;
    private long _lines;

    public async ValueTask<List<LineEntry>> RunAsync(Stream stream, CancellationToken cancellationToken)
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
                var used = AddLines(buffer.AsSpan(0, held), at);
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
        if (!_isSorted)
            _entries.Sort();
        return _entries;
    }

    private static void Grow(ref byte[] buffer, int held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
        buffer.AsSpan(0, held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>Takes whole lines; returns how many bytes they are.</summary>
    private int AddLines(ReadOnlySpan<byte> bytes, long offset)
    {
        var used = 0;
        while (bytes[used..].IndexOf((byte)'\n') is var end and >= 0)
        {
            Add(bytes.Slice(used, end), offset + used);
            used += end + 1;
        }

        return used;
    }

    private void Add(ReadOnlySpan<byte> line, long offset)
    {
        _lines++;
        if (!ResultLineParser.TryReadIndex(line, out var index))
            throw Damaged($"has something else than a result line at byte {offset:N0}");
        if (index < part.FirstIndex || index > part.LastIndex || index - part.FirstIndex > uint.MaxValue)
            throw Damaged($"holds item {index} at byte {offset:N0}");
        if (index < query.From || index >= (query.To ?? long.MaxValue))
            return;
        if (query.Status is { } wanted && !(ResultLineParser.TryReadStatus(line, out var status) ? wanted.Contains(status)
            : throw Damaged($"has a line without a status at byte {offset:N0}")))
            return;
        var entry = new LineEntry(offset, (uint)(index - part.FirstIndex), line.Length + 1);
        _isSorted &= _entries.Count == 0 || _entries[^1].RelativeIndex <= entry.RelativeIndex;
        _entries.Add(entry);
    }

    private StorageException Damaged(string finding) => new(
        $"Part '{part.Name}' of run '{runId}' is damaged: it {finding}; recorded are {part.Items:N0} lines in {part.Length:N0} bytes with items {part.FirstIndex} to {part.LastIndex}. Restore it from a backup, or purge the run and start it again.");
}
