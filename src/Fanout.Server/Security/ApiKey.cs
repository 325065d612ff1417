using System.Security.Cryptography;
using System.Text;
using Fanout.Api;

namespace Fanout.Server.Security;

/// <summary>A key as it is kept: what it is called, what it may do, and what it hashes to.</summary>
/// <param name="Name">Its name, under which the audit log has what was done with it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Hash">
/// SHA-256 of the key, in hexadecimal digits. A key is 256 random bits: nobody finds it by trying, so that a hash made to be slow, as passwords need,
/// would only slow down every request.
/// </param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ApiKey(string Name, ApiRole Role, string Hash, DateTimeOffset CreatedAt)
{
    /// <summary>What keys begin with, so that one that got where it should not be is known for what it is.</summary>
    public const string Prefix = "fanout_";

    private const int KeyBytes = 32;

    /// <summary>A new key's text, which is shown once and kept nowhere.</summary>
    public static string CreateText() =>
        Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>A key as it is kept.</summary>
    public static ApiKey Of(string name, ApiRole role, string text, DateTimeOffset createdAt) =>
        new(name, role, Convert.ToHexStringLower(HashOf(text)), createdAt);

    /// <summary>What a key's text hashes to.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>True: it is this key. Takes as long whichever byte differs first.</summary>
    public bool Is(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Convert.FromHexString(Hash), hash);
}
