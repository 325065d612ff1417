using Fanout.Api;
using Fanout.Api.Answers;
using Fanout.Server.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fanout.Server.Audit;

/// <summary>Notes every change in the log before its answer is sent.</summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class Auditing(AuditLog log, TimeProvider time)
{
    private const string RunsPath = "/api/runs/";

    public async Task NoteAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>() is { IsChange: true })
        {
            if (!await log.CanWriteAsync(time.GetUtcNow()).ConfigureAwait(false))
            {
                await Problem.Answer(StatusCodes.Status503ServiceUnavailable, "The audit log cannot be written, and nothing is changed without it. The server's log says why.").ExecuteAsync(http).ConfigureAwait(false);
                return;
            }

            var isNoted = false;
            http.Response.OnStarting(WriteAsync);
            // To a client that is gone no answer begins, and what it asked for is done all the same.
            http.Response.OnCompleted(() => isNoted ? Task.CompletedTask : WriteAsync());

            Task WriteAsync()
            {
                isNoted = true;
                return log.WriteAsync(EntryOf(http));
            }
        }

        await next(http).ConfigureAwait(false);
    }

    private AuditEntry EntryOf(HttpContext http) => new(
        time.GetUtcNow(), Caller.Of(http).Name ?? "", http.Connection.RemoteIpAddress?.ToString(), http.Request.Method, http.Request.Path.Value ?? "", IdIn(http), http.Response.StatusCode);

    // Of what was made the path does not say the name.
    private static string? IdIn(HttpContext http)
    {
        var made = http.Response.Headers.Location.ToString();
        return made.StartsWith(RunsPath, StringComparison.Ordinal)
            ? Uri.UnescapeDataString(made[RunsPath.Length..])
            : (http.GetRouteValue("id") ?? http.GetRouteValue("name")) as string;
    }
}
