using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Http;

/// <summary>What the http handler was asked to do; legal by construction (<see cref="HttpOptionsReader"/>).</summary>
internal sealed record HttpOptions
{
    /// <summary>Bytes of a response body kept when the options do not say: 64 KiB.</summary>
    public const int DefaultMaxResponseBytes = 64 * 1024;

    /// <summary>Where requests go.</summary>
    public required Template Url { get; init; }

    /// <summary>The method; its default is GET, of a request with a body POST.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>Headers of each request.</summary>
    public IReadOnlyList<(string Name, Template Value)> Headers { get; init; } = [];

    /// <summary>Null: no body.</summary>
    public RequestBody? Body { get; init; }

    /// <summary>Hosts requests may go to; null: any that is not always refused.</summary>
    public IReadOnlyList<string>? AllowHosts { get; init; }

    /// <summary>Bytes of a response body kept; the rest is dropped.</summary>
    public int MaxResponseBytes { get; init; } = DefaultMaxResponseBytes;

    /// <summary>True: up to 5 redirects are followed, each checked like the first request.</summary>
    public bool FollowRedirects { get; init; }

    /// <summary>Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
