using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Fanout.Orchestration;

/// <summary>Exchanges large payloads for claim checks, and back.</summary>
/// <param name="store">Where the payloads are kept.</param>
/// <param name="maxInlineBytes">Payloads up to this size travel themselves, in bytes of UTF-8.</param>
public sealed class ClaimCheck(IPayloadStore store, int maxInlineBytes = ClaimCheck.MaxInlineBytes)
{
    /// <summary>What is larger does not travel: 16 KiB, of which the entry that holds the payload gets a part.</summary>
    public const int MaxInlineBytes = (16 << 10) - EnvelopeBytes;

    private const int EnvelopeBytes = 512;
    private const string Prefix = "{\"$claim\":\"";
    private const string Suffix = "\"}";
    private const int NameLength = 2 * SHA256.HashSizeInBytes;

    // A payload goes from message to history to input as one string: it is written once.
    private readonly ConditionalWeakTable<string, string> _checks = [];

    /// <summary>The payload itself if it may travel, else a claim check for it, which is then kept.</summary>
    /// <param name="instanceId">The instance whose history it goes to.</param>
    /// <param name="payload">JSON; null: none.</param>
    /// <exception cref="StorageException">It cannot be kept.</exception>
    public async ValueTask<string?> CheckAsync(string instanceId, string? payload)
    {
        // No text takes more than three bytes a character.
        if (payload is null || payload.Length <= maxInlineBytes / 3 || Encoding.UTF8.GetByteCount(payload) <= maxInlineBytes)
            return payload;
        if (_checks.TryGetValue(payload, out var known))
            return known;
        var bytes = Encoding.UTF8.GetBytes(payload);
        var name = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await store.WriteAsync(instanceId, name, bytes).ConfigureAwait(false);
        var check = Prefix + name + Suffix;
        _checks.AddOrUpdate(payload, check);
        return check;
    }

    /// <summary>The payload that travelled, or the one that its claim check is for.</summary>
    /// <param name="instanceId">The instance from whose history it comes.</param>
    /// <param name="travelled">What travelled.</param>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public async ValueTask<string?> RedeemAsync(string instanceId, string? travelled)
    {
        if (travelled is null || NameIn(travelled) is not { } name)
            return travelled;
        var payload = Encoding.UTF8.GetString(await store.ReadAsync(instanceId, name).ConfigureAwait(false));
        _checks.AddOrUpdate(payload, travelled);
        return payload;
    }

    private static string? NameIn(string travelled) =>
        travelled.Length == Prefix.Length + NameLength + Suffix.Length
        && travelled.StartsWith(Prefix, StringComparison.Ordinal) && travelled.EndsWith(Suffix, StringComparison.Ordinal)
            ? travelled.Substring(Prefix.Length, NameLength)
            : null;
}
