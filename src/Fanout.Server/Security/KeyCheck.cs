using Fanout.Api;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Security;

/// <summary>Finds out who asks, and refuses what they may not ask.</summary>
/// <param name="keys">The keys.</param>
internal sealed class KeyCheck(KeyRing keys)
{
    private const string Scheme = "Bearer ";

    // The Functions app's name for it: the page sends both.
    private const string AppHeader = "x-functions-key";

    /// <summary>Notes who asks.</summary>
    public Task IdentifyAsync(HttpContext http, RequestDelegate next)
    {
        http.Features.Set(Identify(http.Request));
        return next(http);
    }

    /// <summary>Refuses what the route's role does not allow.</summary>
    public static Task AuthorizeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is not { } endpoint)
            return next(http);
        var required = endpoint.Metadata.GetMetadata<ApiRoute>()?.Role ?? ApiRole.Anyone;
        var caller = Caller.Of(http);
        if (caller.Role >= required)
            return next(http);
        if (caller.Name is not null)
            return Problem.Answer(StatusCodes.Status403Forbidden, $"The key {caller.Name} has the role {Word(caller.Role)}, and this needs {Word(required)}. Use a key that has it.").ExecuteAsync(http);
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Answer(StatusCodes.Status401Unauthorized, "Send a key that is valid here: Authorization: Bearer KEY. Keys are made with: fanout key add NAME --role ROLE").ExecuteAsync(http);
    }

    private Caller Identify(HttpRequest request)
    {
        keys.Look();
        if (!keys.IsRequired)
            return Caller.Loopback;
        return TextIn(request) is { Length: > 0 } text && keys.Find(text) is { } key ? new Caller(key.Name, key.Role) : Caller.Unknown;
    }

    private static string? TextIn(HttpRequest request)
    {
        var authorization = request.Headers.Authorization;
        if (authorization.Count > 0)
            return authorization.Count == 1 && authorization[0] is { } text && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..].Trim() : null;
        var header = request.Headers[AppHeader];
        return header.Count == 1 ? header[0] : null;
    }

    private static string Word(ApiRole role) => role.ToString().ToLowerInvariant();
}
