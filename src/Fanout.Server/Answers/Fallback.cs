using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fanout.Server.Answers;

/// <summary>Makes problem details of whatever was refused without words, and of what failed before a route could say it.</summary>
internal static class Fallback
{
    public static async Task AnswerAsync(HttpContext http, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(http).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // No stack trace leaves the process.
        catch (Exception failure) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            http.Response.Clear();
            await Problem.Of(failure, http).ExecuteAsync(http).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // Nobody is there any more.
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            // What was sent so far must not look whole.
            logger.RequestFailed(failure, http.Request.Method, http.Request.Path.Value ?? "");
            http.Abort();
            return;
        }

        if (!http.Response.HasStarted && http.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
            await Problem.Answer(http.Response.StatusCode, DetailOf(http)).ExecuteAsync(http).ConfigureAwait(false);
    }

    private static string DetailOf(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing under this path. The API's description is at /api/openapi.json.",
        StatusCodes.Status405MethodNotAllowed => $"This path is not for {http.Request.Method}; it is for {http.Response.Headers.Allow}.",
        _ => "The request was refused.",
    };
}
