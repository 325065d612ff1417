using Fanout.Api;
using Fanout.Doctor;
using Fanout.Server.Diagnosis;
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

    public static ApiRoute RecordProfile(Func<ApiCall, Task<IResult>> answer) => new(
        "recordProfile", "POST", "api/profile", ApiRole.Admin, "Records what the server's process does, and answers when that is over. Off unless serve --allow-profile.", answer)
    {
        Answers = [new(200, typeof(string), "application/octet-stream")],
        Parameters =
        [
            new("kind", "cpu, alloc or locks. Default: cpu."),
            new("seconds", $"How long, 1 to {ProfileAnswers.MostSeconds}. Default: 10.", IsNumber: true),
            new("format", "nettrace: the trace; html: a flame graph, a page of its own (text/html). Default: nettrace."),
            new("run", "A run that the server must be driving: refused with 409 if it is not. Default: whatever it does."),
        ],
        Problems = [404, 409],
    };

    public static ApiRoute StopProfile(Func<ApiCall, Task<IResult>> answer) => new(
        "stopProfile", "DELETE", "api/profile", ApiRole.Admin, "Ends the recording under way: whoever asked for it gets what there is.", answer)
    {
        Answers = [new(204)],
        Problems = [404],
    };

    public static ApiRoute GetDoctor(Func<ApiCall, Task<IResult>> answer) => new(
        "getDoctor", "GET", "api/doctor", ApiRole.Admin, "What is wrong with the server's process, its machine and its home, and what to do.", answer)
    {
        Answers = [new(200, typeof(DoctorReport))],
        Problems = [404, 409],
    };

    /// <summary>Whether the process answers at all; it asks nothing of the storage.</summary>
    public static ApiRoute GetLive { get; } = new(
        "getLive", "GET", "api/health/live", ApiRole.Anyone, "Whether the server answers at all.",
        call => Task.FromResult<IResult>(TypedResults.Json(new Health("ok", call.Home.Capabilities.Version), Serialization.FanoutJson.Options)))
    {
        Answers = [new(200, typeof(Health))],
    };
}
