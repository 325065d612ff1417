using System.Net;
using Fanout.Api;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Security;

/// <summary>
/// Refuses what other web sites have a browser send. Somebody on this machine needs no key while there are none: a page from elsewhere must not act for
/// them, neither by asking this address (cross-site requests) nor by a name of its own that comes to mean this address (DNS rebinding).
/// </summary>
/// <param name="onlyLoopback">True: only this machine reaches the server, so that it has only the names of that.</param>
internal sealed class OriginCheck(bool onlyLoopback)
{
    private const string FetchSite = "Sec-Fetch-Site";

    public Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (onlyLoopback && !IsOfThisMachine(request.Host.Host))
            return Refuse(http, "The header Host names no address of this machine. Ask for 127.0.0.1 or localhost.");
        if (http.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>() is { Method: not "GET" } && IsFromElsewhere(request))
            return Refuse(http, "The request comes from another web site, and changes are only taken from this one.");
        return next(http);
    }

    private static Task Refuse(HttpContext http, string detail) => Problem.Answer(StatusCodes.Status403Forbidden, detail).ExecuteAsync(http);

    private static bool IsOfThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Browsers send Sec-Fetch-Site always, and Origin with all that is no GET; programs send neither.
    private static bool IsFromElsewhere(HttpRequest request)
    {
        if (request.Headers[FetchSite] is { Count: > 0 } site && site.ToString() is not ("same-origin" or "none"))
            return true;
        return request.Headers.Origin is { Count: > 0 } origin
            && !origin.ToString().Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
