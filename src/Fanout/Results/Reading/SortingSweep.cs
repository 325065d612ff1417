using System.Buffers.Binary;
using Fanout.Runs;
using Fanout.Storage;

namespace Fanout.Results;

/// <summary>Sorts the lines of parts by item, on disk when they do not fit into memory: one part is open at a time, and memory stays below 32 MiB.</summary>
internal sealed class SortingSweep(IResultStore store, string runId, IReadOnlyList<PartRef> parts, ResultQuery query) : ResultSweep(store, runId)
{
    private const int HeadSize = sizeof(int);

    private readonly ExternalSort _sort = new(() => store.OpenScratch(runId), SortSettings.Default);
    private ISortedRecords? _sorted;
    private byte[] _record = [];
    private int _length;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Line => _record.AsMemory(HeadSize, _length - HeadSize);

    /// <inheritdoc/>
    public override string PartName => parts[BinaryPrimitives.ReadInt32LittleEndian(_record)].Name;

    public override ValueTask DisposeAsync()
    {
        _sorted?.Dispose();
        _sort.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async ValueTask<long?> AdvanceAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _sorted ??= await SortAsync(cancellationToken).ConfigureAwait(false);
        if (!_sorted.MoveNext())
            return null;
        var record = _sorted.Record;
        if (_record.Length < record.Length)
            _record = new byte[Math.Max(record.Length, 2 * _record.Length)];
        record.CopyTo(_record);
        _length = record.Length;
        return _sorted.Key.Place;
    }

    private async ValueTask<ISortedRecords> SortAsync(CancellationToken cancellationToken)
    {
        var record = Array.Empty<byte>();
        for (var number = 0; number < parts.Count; number++)
        {
            var part = parts[number];
            var of = number;
            var stream = await Store.OpenPartAsync(RunId, part.Name, cancellationToken).ConfigureAwait(false);
            await using var closing = stream.ConfigureAwait(false);
            await new PartScan(RunId, part, query).RunAsync(stream, (_, index, line) => Add(of, index, line), cancellationToken).ConfigureAwait(false);
        }

        return _sort.Sort();

        void Add(int part, long index, ReadOnlySpan<byte> line)
        {
            if (record.Length < HeadSize + line.Length)
                record = new byte[2 * (HeadSize + line.Length)];
            BinaryPrimitives.WriteInt32LittleEndian(record, part);
            line.CopyTo(record.AsSpan(HeadSize));
            _sort.Add(new SortKey(0, index), record.AsSpan(0, HeadSize + line.Length));
        }
    }
}
