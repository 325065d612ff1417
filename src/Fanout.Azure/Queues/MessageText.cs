using System.Buffers.Text;
using System.Text;

namespace Fanout.Azure.Queues;

/// <summary>The text of messages: what Fanout sends is base64 of UTF-8, as Azure Functions expects; what it receives may be plain text too.</summary>
internal static class MessageText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The longest body whose text is no longer than <see cref="AzureStorage.MaxInlineBytes"/>: base64 makes four bytes of three.</summary>
    public const int MaxBodyBytes = AzureStorage.MaxInlineBytes / 4 * 3;

    public static string Encode(ReadOnlySpan<byte> body) => Convert.ToBase64String(body);

    /// <summary>What was meant: JSON is never base64, so that nothing needs to say which it is. Text that is neither stays as it is, for whoever reads the reason.</summary>
    public static string Decode(string text)
    {
        if (!Base64.IsValid(text))
            return text;
        try
        {
            return Strict.GetString(Convert.FromBase64String(text));
        }
        catch (DecoderFallbackException)
        {
            return text;
        }
    }

    /// <summary>Text of UTF-8; null: it is none.</summary>
    public static string? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
