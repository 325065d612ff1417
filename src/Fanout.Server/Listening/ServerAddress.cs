using System.Globalization;
using System.Net;

namespace Fanout.Server.Listening;

/// <summary>An address to listen on.</summary>
/// <param name="Host">The address; null: all of this machine's.</param>
/// <param name="Port">The port; 0: any that is free.</param>
/// <param name="IsSecure">True: https.</param>
public sealed record ServerAddress(IPAddress? Host, int Port, bool IsSecure)
{
    private const string Remedy = "Write it as http://127.0.0.1:8430, https://[::1]:8430, or https://*:8430 for all addresses; several separated by semicolons.";

    /// <summary>True: only this machine reaches it.</summary>
    public bool IsLoopback => Host is not null && IPAddress.IsLoopback(Host);

    /// <summary>Reads addresses separated by semicolons. <c>localhost</c> is 127.0.0.1.</summary>
    /// <exception cref="ServerException">One is none.</exception>
    public static IReadOnlyList<ServerAddress> Read(string urls)
    {
        ArgumentNullException.ThrowIfNull(urls);
        var addresses = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ReadOne).Distinct().ToList();
        return addresses.Count > 0 ? addresses : throw new ServerException($"There is no address to listen on. {Remedy}");
    }

    private static ServerAddress ReadOne(string url)
    {
        const string everywhere = "0.0.0.0";
        // A URL's host cannot be a star.
        var isStar = url.Contains("://*", StringComparison.Ordinal) || url.Contains("://+", StringComparison.Ordinal);
        var text = isStar ? url.Replace("://*", $"://{everywhere}", StringComparison.Ordinal).Replace("://+", $"://{everywhere}", StringComparison.Ordinal) : url;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            throw new ServerException($"\"{url}\" is no address to listen on. {Remedy}");
        var isSecure = uri.Scheme == "https";
        if (isStar)
            return new ServerAddress(null, uri.Port, isSecure);
        if (uri.Host == "localhost")
            return new ServerAddress(IPAddress.Loopback, uri.Port, isSecure);
        return IPAddress.TryParse(uri.Host.Trim('[', ']'), out var host)
            ? new ServerAddress(host, uri.Port, isSecure)
            : throw new ServerException($"\"{url}\" names a host, and a server listens on an address. {Remedy}");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "https" : "http")}://{HostText}:{Port}");

    private string HostText => Host is null ? "*" : Host.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Host}]" : Host.ToString();
}
