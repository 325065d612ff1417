using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fanout.Announcing;

/// <summary>
/// Signs webhooks, and lets a receiver tell that one is from whoever knows the secret, unchanged, and not an old one sent again. The scheme, a
/// MAC over time and body, is that of Stripe's and Slack's webhooks and of the Standard Webhooks specification.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header with the signature: <c>v1=</c> and 64 hexadecimal digits.</summary>
    public const string SignatureHeader = "Fanout-Signature";

    /// <summary>The header with the time of sending, in seconds since 1970.</summary>
    public const string TimestampHeader = "Fanout-Timestamp";

    private const string Version = "v1=";

    /// <summary>The signature of a body: HMAC-SHA256 over the timestamp, a full stop, and the body.</summary>
    /// <param name="secret">What sender and receiver know; its UTF-8 is the key.</param>
    /// <param name="timestamp">The timestamp as the header has it.</param>
    /// <param name="body">The body, byte for byte.</param>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentNullException.ThrowIfNull(timestamp);
        return Version + Convert.ToHexStringLower(Mac(secret, timestamp, body));
    }

    /// <summary>True when the request may be believed.</summary>
    /// <param name="secret">What sender and receiver know.</param>
    /// <param name="timestamp">The value of <see cref="TimestampHeader"/>; null: there was none.</param>
    /// <param name="body">The body as it came, byte for byte, not parsed and written again.</param>
    /// <param name="signature">The value of <see cref="SignatureHeader"/>; null: there was none.</param>
    /// <param name="tolerance">How far its time may be from <paramref name="now"/>, either way; 5 min is usual.</param>
    /// <param name="now">The receiver's clock.</param>
    public static bool Verify(string secret, string? timestamp, ReadOnlySpan<byte> body, string? signature, TimeSpan tolerance, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)tolerance.TotalSeconds)
            return false;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return signature is not null
            && signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.FromHexString(signature.AsSpan(Version.Length), given, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == given.Length
            // In constant time: how long a comparison takes must not tell how much of a guess is right.
            && CryptographicOperations.FixedTimeEquals(given, Mac(secret, timestamp, body));
    }

    private static byte[] Mac(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        mac.AppendData("."u8);
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }
}
