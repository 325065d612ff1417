using System.Buffers;

namespace Fanout.Handlers.Templates;

/// <summary>Valid JSON without the white space between its tokens. Result lines and arguments must not be torn by a line break.</summary>
internal static class CompactJson
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    public static void Copy(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        if (!json.ContainsAny(WhiteSpace))
        {
            output.Write(json);
            return;
        }
        var target = output.GetSpan(json.Length);
        output.Advance(Copy(json, target));
    }

    private static int Copy(ReadOnlySpan<byte> json, Span<byte> target)
    {
        int written = 0;
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (!inString && b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            target[written++] = b;
            if (b == '"')
                inString = !inString;
            else if (b == '\\' && inString)
                target[written++] = json[++i];
        }
        return written;
    }
}
