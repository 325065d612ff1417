using System.Buffers.Binary;
using System.Text;
using Fanout.Sources;

namespace Fanout.Results;

/// <summary>Writes items into a workspace; nothing is visible there until <see cref="Publish"/>.</summary>
internal sealed class SpoolWriter : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly ISourceWorkspace _workspace;
    private readonly BufferedStream _items;
    private readonly BufferedStream _offsets;
    private readonly MemoryStream _record = new();
    private readonly BinaryWriter _fields;
    private long _count;
    private long _offset;

    public SpoolWriter(ISourceWorkspace workspace)
    {
        _workspace = workspace;
        _items = new BufferedStream(workspace.Create(SpoolFormat.ItemsName), BufferSize);
        _offsets = new BufferedStream(workspace.Create(SpoolFormat.OffsetsName), BufferSize);
        _fields = new BinaryWriter(_record, Encoding.UTF8);
    }

    public static bool IsPublished(ISourceWorkspace workspace) =>
        workspace.Exists(SpoolFormat.ItemsName) && workspace.Exists(SpoolFormat.OffsetsName);

    /// <exception cref="StorageException">The disk is full.</exception>
    public void Add(in Item item)
    {
        try
        {
            Write(item);
        }
        catch (Exception failure) when (StorageFailure.IsStorage(failure))
        {
            throw StorageFailure.Explain("write", SpoolFormat.ItemsName, failure);
        }
    }

    /// <summary>Makes the spool durable and visible; returns how many items it holds.</summary>
    /// <exception cref="StorageException">The disk is full.</exception>
    public long Publish() => StorageFailure.Guard("write", SpoolFormat.ItemsName, () =>
    {
        Dispose();
        _workspace.Publish(SpoolFormat.OffsetsName);
        _workspace.Publish(SpoolFormat.ItemsName);
        return _count;
    });

    public void Dispose()
    {
        _fields.Dispose();
        _items.Dispose();
        _offsets.Dispose();
    }

    private void Write(in Item item)
    {
        if (_count++ % SpoolFormat.Stride == 0)
            WriteOffset();
        _record.SetLength(0);
        _fields.Write(0);
        _fields.Write((byte)((item.IsText ? SpoolFormat.IsText : 0) | (item.Defect is null ? 0 : SpoolFormat.HasDefect)));
        _fields.Write(item.Key!);
        if (item.Defect is { } defect)
        {
            _fields.Write(defect.Type);
            _fields.Write(defect.Message);
        }

        _fields.Write(item.Value.Span);
        _fields.Flush();
        var record = _record.GetBuffer().AsSpan(0, (int)_record.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - SpoolFormat.HeaderSize);
        _items.Write(record);
        _offset += record.Length;
    }

    private void WriteOffset()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, _offset);
        _offsets.Write(bytes);
    }
}
