using System.Buffers;

namespace Fanout.Sources;

/// <summary>The text of quoted CSV fields.</summary>
internal static class CsvText
{
    /// <summary>The field with each doubled quote written once, in <paramref name="buffer"/>.</summary>
    public static ReadOnlySpan<byte> Undouble(ReadOnlySpan<byte> field, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        while (true)
        {
            var quote = field.IndexOf((byte)'"');
            if (quote < 0)
                break;
            buffer.Write(field[..(quote + 1)]);
            field = field[(quote + 2)..];
        }

        buffer.Write(field);
        return buffer.WrittenSpan;
    }
}
