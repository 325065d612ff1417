using System.Buffers;
using System.Text;

namespace Fanout.Handlers;

internal static class Utf8Cut
{
    /// <summary>The length without a character that was cut in two at the end.</summary>
    public static int Before(ReadOnlySpan<byte> text)
    {
        if (Rune.DecodeLastFromUtf8(text, out _, out int invalid) == OperationStatus.Done)
            return text.Length;
        // Only the start of a character may be missing its end; bytes that are no UTF-8 at all stay, and are replaced when written.
        for (int back = 1; back <= Math.Min(3, text.Length); back++)
        {
            if (Rune.DecodeFromUtf8(text[^back..], out _, out int consumed) == OperationStatus.NeedMoreData && consumed == back)
                return text.Length - back;
        }
        return text.Length;
    }
}
