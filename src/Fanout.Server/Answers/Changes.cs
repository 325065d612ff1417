using Fanout.Api;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Answers;

/// <summary>Counts what has changed as far as this server knows: answers looked up before are old.</summary>
internal sealed class Changes
{
    private long _seen;

    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>Something has changed.</summary>
    public void Note() => Interlocked.Increment(ref _seen);

    /// <summary>Notes what a request has changed before its answer can be seen.</summary>
    public Task NoteAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>() is { IsChange: true })
        {
            http.Response.OnStarting(() =>
            {
                Note();
                return Task.CompletedTask;
            });
        }

        return next(http);
    }
}
