using System.Net;
using System.Net.Sockets;

namespace Fanout.Handlers.Http;

/// <summary>
/// Where requests may go. Names are checked before a request, addresses when connecting: the address that was checked is the one connected to,
/// so a name that resolves differently the second time gains nothing.
/// </summary>
/// <param name="allowed">Hosts that a spec allows; null: any.</param>
/// <param name="rules">What this process allows; null: everything but what is always refused.</param>
internal sealed class HostPolicy(IReadOnlyList<string>? allowed, HostRules? rules = null)
{
    // Where clouds hand credentials to whoever asks from inside: AWS, GCP and Azure (link-local, below), AWS over IPv6, Azure's wire server, Alibaba, Oracle.
    private static readonly HashSet<IPAddress> MetadataAddresses =
        [IPAddress.Parse("169.254.169.254"), IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("168.63.129.16"), IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192")];

    /// <summary>An exact host, or <c>*.</c> and a suffix.</summary>
    public static bool IsPattern(string pattern) =>
        Uri.CheckHostName(pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern.Trim('[', ']')) != UriHostNameType.Unknown;

    /// <exception cref="HostRefusedItemException">Requests do not go to this host.</exception>
    public void CheckHost(Uri url)
    {
        var host = url.IdnHost.TrimEnd('.');
        if (string.Equals(host, "metadata.google.internal", StringComparison.OrdinalIgnoreCase))
            throw new HostRefusedItemException($"Requests to {host} are always refused: it hands out credentials.");
        if (IPAddress.TryParse(host, out var address))
            CheckAddress(host, address);
        if (allowed is not null && !allowed.Any(pattern => Matches(host, pattern)))
            throw new HostRefusedItemException($"Requests to {host} are refused: allowHosts does not have it. Add it there if it is meant.");
    }

    /// <summary>The addresses of a host that requests may go to.</summary>
    /// <exception cref="HostRefusedItemException">There are addresses, but none of them may be used.</exception>
    public IReadOnlyList<IPAddress> Filter(string host, IReadOnlyList<IPAddress> addresses)
    {
        var usable = addresses.Where(address => !IsAlwaysRefused(address) && !IsRefusedHere(host, address)).ToList();
        if (usable.Count == 0 && addresses.Count > 0)
            CheckAddress(host, addresses[0]);
        return usable;
    }

    /// <summary>Link-local and metadata addresses, in whatever form IPv6 carries them.</summary>
    public static bool IsAlwaysRefused(IPAddress address)
    {
        var effective = Embedded(address);
        if (MetadataAddresses.Contains(WithoutScope(effective)))
            return true;
        if (effective.AddressFamily != AddressFamily.InterNetwork)
            return effective.IsIPv6LinkLocal;
        var bytes = effective.GetAddressBytes();
        return bytes is [169, 254, ..];
    }

    /// <summary>Addresses that only this machine or its networks can reach, or that are no one machine's.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        var effective = Embedded(address);
        if (effective.AddressFamily == AddressFamily.InterNetworkV6)
            return IPAddress.IsLoopback(effective) || effective.Equals(IPAddress.IPv6Any) || effective.IsIPv6UniqueLocal || effective.IsIPv6SiteLocal
                || effective.IsIPv6Multicast || effective.GetAddressBytes() is [0, 0x64, 0xff, 0x9b, 0, 1, ..];
        // RFC 6890's special-purpose addresses.
        return effective.GetAddressBytes() switch
        {
            [0 or 10 or 127, ..] => true,
            [100, >= 64 and < 128, ..] => true,
            [172, >= 16 and < 32, ..] => true,
            [192, 168, ..] or [192, 0, 0, _] => true,
            [198, 18 or 19, ..] => true,
            [>= 224, ..] => true,
            _ => false,
        };
    }

    private bool IsRefusedHere(string host, IPAddress address) =>
        rules is { RefusePrivate: true } && IsPrivate(address) && !rules.Allowed.Any(pattern => Matches(host, pattern) || (IPAddress.TryParse(pattern.Trim('[', ']'), out var allowedAddress) && allowedAddress.Equals(address)));

    private void CheckAddress(string host, IPAddress address)
    {
        if (IsAlwaysRefused(address))
            throw new HostRefusedItemException($"Requests to {host} ({address}) are always refused: the address is link-local or hands out credentials.");
        if (IsRefusedHere(host, address))
            throw new HostRefusedItemException($"Requests to {host} ({address}) are refused here: the address is private. Whoever runs the server can allow the host.");
    }

    private static bool Matches(string host, string pattern) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : string.Equals(host.Trim('[', ']'), pattern.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);

    // The IPv4 address in an IPv4-mapped (RFC 4291), IPv4-compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056) one.
    private static IPAddress Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes.AsSpan(0, 12).SequenceEqual<byte>([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]))
            return new(bytes.AsSpan(12));
        if (bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && !address.Equals(IPAddress.IPv6Loopback) && !address.Equals(IPAddress.IPv6Any))
            return new(bytes.AsSpan(12));
        return bytes is [0x20, 0x02, ..] ? new(bytes.AsSpan(2, 4)) : address;
    }

    private static IPAddress WithoutScope(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new(address.GetAddressBytes()) : address;
}
