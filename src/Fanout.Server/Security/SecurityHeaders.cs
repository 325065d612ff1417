using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Security;

/// <summary>What every answer says about itself to browsers. Pages say more of what they may do.</summary>
internal static class SecurityHeaders
{
    // 180 days.
    private const string SecureOnly = "max-age=15552000";

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = SecureOnly;
        return next(http);
    }
}
