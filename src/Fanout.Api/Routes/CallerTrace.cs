using System.Diagnostics;
using Fanout.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Routes;

/// <summary>The trace that a request belongs to, where its host has not looked: hosts do when anybody listens, or logs.</summary>
internal static class CallerTrace
{
    /// <summary>What is started until it is disposed goes on in the request's trace; null: it has none, or the host has entered it.</summary>
    public static Activity? Enter(HttpRequest request)
    {
        var place = request.Headers.TraceParent.ToString();
        return Activity.Current is null && TraceParent.Parse(place) != default
            ? new Activity("fanout.request").SetParentId(place).Start()
            : null;
    }
}
