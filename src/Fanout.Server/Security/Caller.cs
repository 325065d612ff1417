using Fanout.Api;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Security;

/// <summary>Who asks.</summary>
/// <param name="Name">The key's name; <c>loopback</c>: it is somebody on this machine, who needs none; null: nobody known.</param>
/// <param name="Role">What they may do.</param>
internal sealed record Caller(string? Name, ApiRole Role)
{
    public static Caller Unknown { get; } = new(null, ApiRole.Anyone);

    /// <summary>Whoever is on this machine may do everything, while there are no keys.</summary>
    public static Caller Loopback { get; } = new("loopback", ApiRole.Admin);

    /// <summary>Who sent a request.</summary>
    public static Caller Of(HttpContext http) => http.Features.Get<Caller>() ?? Unknown;
}
