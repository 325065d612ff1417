using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Fanout.Azure;

/// <summary>How an account is used.</summary>
public sealed record AzureStorageOptions
{
    /// <summary>The hub's name: 3 to 40 lower-case letters, digits and single hyphens, beginning with a letter. Default: fanout.</summary>
    public string Hub { get; init; } = DefaultHub;

    /// <summary>fanout.</summary>
    public const string DefaultHub = "fanout";

    /// <summary>Attempts at one request before it counts as failed, with waits between them that double from 0.2 s to at most 5 s. Default: 6.</summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>Longest wait for an answer to one request. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who to be, for a connection without a key; null: <see cref="DefaultAzureCredential"/>.</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>What sends requests; null: the SDK's own. Tests count and break them here.</summary>
    internal HttpPipelineTransport? Transport { get; init; }

    internal void Check()
    {
        if (Hub.Length is < 3 or > 40 || !char.IsAsciiLetterLower(Hub[0]) || Hub.EndsWith('-') || Hub.Contains("--", StringComparison.Ordinal)
            || Hub.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
        {
            throw new ArgumentException($"'{Hub}' is no name of a hub; allowed are 3 to 40 lower-case letters, digits and single hyphens, beginning with a letter.");
        }
    }
}
