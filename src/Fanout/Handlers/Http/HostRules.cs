namespace Fanout.Handlers.Http;

/// <summary>
/// Where this process sends requests, whatever specs say: those of the handler <c>http</c> and of webhooks. Registered as a service, it holds for every
/// run that is worked here. What is always refused (link-local addresses, and those that hand out credentials) stays so.
/// </summary>
public sealed record HostRules
{
    /// <summary>
    /// True: addresses that only this machine or its networks can reach are refused (loopback, private, shared, multicast), unless
    /// <see cref="Allowed"/> has them. Default: false.
    /// </summary>
    public bool RefusePrivate { get; init; }

    /// <summary>Hosts whose addresses may be private: a name, <c>*.</c> and a suffix, or an address. Default: none.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>True when <paramref name="host"/> can stand in <see cref="Allowed"/>.</summary>
    public static bool IsHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return HostPolicy.IsPattern(host);
    }
}
