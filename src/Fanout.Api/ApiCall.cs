using Microsoft.AspNetCore.Http;

namespace Fanout.Api;

/// <summary>A request, and what it is answered from.</summary>
/// <param name="Http">The request as ASP.NET Core has it.</param>
/// <param name="Home">The runs.</param>
/// <param name="Name">The run or limit that the path names; null: it names none.</param>
public sealed record ApiCall(HttpContext Http, ApiHome Home, string? Name = null)
{
    /// <summary>The request.</summary>
    public HttpRequest Request => Http.Request;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    internal string Id => Name ?? throw new InvalidOperationException("The route names no run or limit.");
}
