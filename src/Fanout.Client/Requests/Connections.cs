namespace Fanout.Client.Requests;

/// <summary>Connections to a server.</summary>
internal static class Connections
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    // Servers move; a connection that is never renewed would not follow.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>A client whose requests are timed by whoever sends them.</summary>
    public static HttpClient Open(FanoutClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var address = BaseOf(options.BaseAddress);
#pragma warning disable CA2000 // The client disposes it.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // It would take the key along to wherever it is sent.
            AutomaticDecompression = System.Net.DecompressionMethods.All,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = Lifetime,
            UseCookies = false,
            UseProxy = !address.IsLoopback,
        };
#pragma warning restore CA2000
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The URL with a slash at its end.</summary>
    /// <exception cref="ArgumentException">It is missing, or none of a server.</exception>
    public static Uri BaseOf(Uri? address)
    {
        if (address is null)
            throw new ArgumentException("There is no URL of a server: set BaseAddress, such as http://localhost:8430.");
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException("The server's URL is not an absolute one of http or https. Write it as http://localhost:8430.");
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new ArgumentException("The server's URL has a user name, a query or a fragment. Give host, port and path alone; a key is given apart from it.");
        return address.AbsolutePath.EndsWith('/') ? address : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;
    }

    /// <summary>The key, if it can be sent.</summary>
    /// <exception cref="ArgumentException">It cannot. The message does not repeat it.</exception>
    public static string? CheckKey(string? key) =>
        key is null || (key.Length > 0 && key.All(c => c is > ' ' and < '\x7f'))
            ? key
            : throw new ArgumentException("The key is empty, or has characters that no key has, such as spaces or line ends. Copy it anew.");
}
