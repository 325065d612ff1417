using Fanout.Api;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Answers;

/// <summary>
/// Lets a few questions be looked up at once, and the others wait for their turn. Runs share threads with requests: behind a few at a time their items come
/// to their turn at once, behind hundreds they would wait for all of these.
/// </summary>
/// <remarks>A turn ends when the answer begins, and requests with a body get none: no client can hold one by being slow.</remarks>
internal sealed class RequestTurns : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Math.Max(2, Environment.ProcessorCount));

    public async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>() is not { Method: "GET" })
        {
            await next(http).ConfigureAwait(false);
            return;
        }

        await _turns.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        var isOver = 0;
        http.Response.OnStarting(() =>
        {
            End();
            return Task.CompletedTask;
        });
        try
        {
            await next(http).ConfigureAwait(false);
        }
        finally
        {
            End();
        }

        void End()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0)
                _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
