using System.Net;
using System.Net.Sockets;

namespace Fanout.Handlers.Http;

/// <summary>Makes the connections of one handler or webhook, to checked addresses only.</summary>
internal static class HttpConnector
{
    /// <summary>No proxy, as the policy could not see past one; no cookies, no credentials, no redirects of its own.</summary>
    public static SocketsHttpHandler CreateHandler(TimeSpan connectTimeout, HostPolicy policy) => new()
    {
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context, policy, cancellationToken),
        ConnectTimeout = connectTimeout,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.All,
        // A name may come to mean other addresses during a long run.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = int.MaxValue,
        MaxResponseHeadersLength = 64,
        RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, HostPolicy policy, CancellationToken cancellationToken)
    {
        var endpoint = context.DnsEndPoint;
        IPAddress[] resolved = IPAddress.TryParse(endpoint.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken).ConfigureAwait(false);
        var addresses = policy.Filter(endpoint.Host, resolved);
        if (addresses.Count == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        for (int i = 0; ; i++)
        {
            try
            {
                return await ConnectAsync(addresses[i], endpoint.Port, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                // The next address may answer.
            }
        }
    }

    private static async ValueTask<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
