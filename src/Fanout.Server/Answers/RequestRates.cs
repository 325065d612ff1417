using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Fanout.Api.Answers;
using Fanout.Server.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Fanout.Server.Answers;

/// <summary>How many requests each caller may send: by key, without one by address.</summary>
internal static class RequestRates
{
    private const int NetworkBytes = 8;

    public static void Apply(RateLimiterOptions limiter, int perSecond)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(CallerOf(http), _ => Bucket(perSecond)));
        limiter.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected.HttpContext, perSecond));
    }

    private static Task RefuseAsync(HttpContext http, int perSecond)
    {
        http.Response.Headers.RetryAfter = "1";
        return Problem.Answer(StatusCodes.Status429TooManyRequests, string.Create(
            CultureInfo.InvariantCulture, $"More than {perSecond:N0} requests a second came from here. Wait, and send fewer; whoever runs the server can allow more.")).ExecuteAsync(http);
    }

    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = perSecond,
        TokensPerPeriod = Math.Max(1, perSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, perSecond / 10) / (double)perSecond),
        AutoReplenishment = true,
    };

    private static string CallerOf(HttpContext http) =>
        Caller.Of(http) is { Name: { } name } caller && caller != Caller.Loopback ? $"key {name}" : NetworkOf(http.Connection.RemoteIpAddress);

    // A network of IPv6 is one machine's to take addresses from.
    private static string NetworkOf(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes)),
        _ => address.MapToIPv4().ToString(),
    };
}
