using Fanout.Api;
using Fanout.Server.Events;
using Fanout.Server.Metrics;
using Fanout.Server.Uploads;
using Fanout.Views;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server;

/// <summary>Routes that only the server has, beside <see cref="ApiRoutes"/>.</summary>
internal static class ServerRoutes
{
    public static ApiRoute GetEvents(Func<ApiCall, Task<IResult>> answer) => new(
        "getEvents", "GET", "api/runs/{id}/events", ApiRole.Read, "A run's events: run, sample, and end when it is over.", answer)
    {
        Answers = [new(200, typeof(string), "text/event-stream"), new(204)],
        Parameters = [new("Last-Event-ID", "The id of the last event the client has had: it goes on after that. Default: from the first that is kept.", IsHeader: true)],
        Problems = [404],
    };

    public static ApiRoute Upload(Func<ApiCall, Task<IResult>> answer) => new(
        "upload", "POST", "api/uploads", ApiRole.Operate, "Takes a file to be worked; the answer's path is what a spec names as its source's.", answer)
    {
        Answers = [new(201, typeof(Upload))],
        Parameters = [new("name", $"The file's name, of which the ending is kept: {UploadStore.Known}, and .gz behind that.")],
        Problems = [413],
    };

    /// <summary>What Prometheus scrapes.</summary>
    public static ApiRoute GetMetrics(Func<string> collect) => new(
        "getMetrics", "GET", "metrics", ApiRole.Read, "Metrics in Prometheus's text format.",
        _ => Task.FromResult<IResult>(TypedResults.Text(collect(), PrometheusText.ContentType)))
    {
        Answers = [new(200, typeof(string), "text/plain")],
    };

    /// <summary>Whether the process answers at all; it asks nothing of the storage.</summary>
    public static ApiRoute GetLive { get; } = new(
        "getLive", "GET", "api/health/live", ApiRole.Anyone, "Whether the server answers at all.",
        call => Task.FromResult<IResult>(TypedResults.Json(new Health("ok", call.Home.Capabilities.Version), Serialization.FanoutJson.Options)))
    {
        Answers = [new(200, typeof(Health))],
    };
}
