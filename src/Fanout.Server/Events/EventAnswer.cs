using System.Buffers;
using Fanout.Api;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Events;

/// <summary>A stream of events (https://html.spec.whatwg.org/multipage/server-sent-events.html), until the run is over, the client is gone or the server stops.</summary>
/// <param name="hubs">Whom it is closed with.</param>
/// <param name="hub">The run's events.</param>
/// <param name="place">The last event the client has had.</param>
/// <param name="stopping">Cancelled when the server stops.</param>
internal sealed class EventAnswer(RunHubs hubs, RunHub hub, long place, CancellationToken stopping) : IResult
{
    private const int FlushBytes = 64 << 10;
    private const string LastEventId = "Last-Event-ID";

    /// <summary>Answers <c>GET /api/runs/{id}/events</c>.</summary>
    public static async Task<IResult> OpenAsync(ApiCall call, RunHubs hubs, CancellationToken stopping)
    {
        var last = call.Request.Headers[LastEventId].ToString();
        if (await hubs.OpenAsync(call.Name!, call.Aborted).ConfigureAwait(false) is not { } hub)
            return Problem.Answer(StatusCodes.Status429TooManyRequests, "Too many event streams are open. Close some, or ask for the run again instead.");
        var place = hub.PlaceOf(last.Length == 0 ? null : last);
        if (!hub.IsDone(place))
            return new EventAnswer(hubs, hub, place, stopping);
        hubs.Close(hub);
        return TypedResults.NoContent(); // By which browsers know not to come back.
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            // Proxies of the kind of nginx would keep events until there are enough.
            response.Headers["X-Accel-Buffering"] = "no";
            response.BodyWriter.Write(EventFrame.Opening.Span);
            await WriteAsync(response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The client comes back, here or to the next server, and says where it was.
        }
        finally
        {
            hubs.Close(hub);
        }
    }

    private async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        var at = place;
        for (var isFirst = true; ; isFirst = false)
        {
            var batch = hub.After(at, isFirst);
            foreach (var frame in batch.Frames)
            {
                response.BodyWriter.Write(frame.Bytes.Span);
                if (response.BodyWriter.UnflushedBytes >= FlushBytes)
                    await response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            if (batch.Frames.Count == 0 && !isFirst)
                response.BodyWriter.Write(EventFrame.Heartbeat.Span);
            await response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (batch.IsLast)
                return;
            at = batch.Place;
            await batch.News.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
