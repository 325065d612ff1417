using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fanout.Server.Listening;

/// <summary>How the web server listens, and the limits it holds by itself.</summary>
internal static class KestrelSetup
{
    // A spec's, and a little for whatever else: the API itself says with words when a body is too large.
    private const long MostBodyBytes = (2 << 20) + (64 << 10);
    private const int MostHeaderBytes = 32 << 10;
    private const int MostHeaders = 100;
    private const int LongestRequestLine = 8 << 10;

    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IdleFor = TimeSpan.FromMinutes(2);

    public static void Apply(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = MostBodyBytes;
        limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        limits.MaxRequestHeaderCount = MostHeaders;
        limits.MaxRequestLineSize = LongestRequestLine;
        limits.RequestHeadersTimeout = HeadersWithin;
        limits.KeepAliveTimeout = IdleFor;
        limits.MaxConcurrentConnections = options.Connections;
        foreach (var address in options.Addresses)
            Listen(kestrel, address, options.Certificate);
    }

    private static void Listen(KestrelServerOptions kestrel, ServerAddress address, ServerCertificate? certificate)
    {
        if (address.Host is { } host)
            kestrel.Listen(new IPEndPoint(host, address.Port), Secure);
        else
            kestrel.ListenAnyIP(address.Port, Secure);

        void Secure(ListenOptions listen)
        {
            listen.Protocols = address.IsSecure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            if (address.IsSecure)
                listen.UseHttps(certificate!.Certificate, https => https.ServerCertificateChain = certificate.Chain);
        }
    }
}
