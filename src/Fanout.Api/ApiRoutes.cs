using System.Text.Json;
using Fanout.Api.Routes;
using Fanout.Api.Views;
using Fanout.Runs;
using Fanout.Views;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api;

/// <summary>Every route that both the local server and the Azure Functions app serve.</summary>
public static class ApiRoutes
{
    private const string Lines = "application/x-ndjson";

    private static readonly ApiParameter Idempotency =
        new(RunAnswers.IdempotencyKey, "Names the run if the spec has no id: the same key starts it once. At most 255 characters.", IsHeader: true);

    /// <summary>Starts a run.</summary>
    public static ApiRoute StartRun { get; } = new("startRun", "POST", "api/runs", ApiRole.Operate, "Starts a run. With an id that exists and the same spec it starts nothing.", RunAnswers.StartAsync)
    {
        Body = typeof(RunSpec),
        Answers = [new(202, typeof(RunView)), new(200, typeof(RunView))],
        Parameters = [Idempotency],
        Problems = [409, 413, 415, 422],
    };

    /// <summary>Says what a run would do.</summary>
    public static ApiRoute PlanRun { get; } = new("planRun", "POST", "api/plan", ApiRole.Operate, "What a run of this spec would do; starts nothing.", RunAnswers.PlanAsync)
    {
        OnlyAsks = true,
        Body = typeof(RunSpec),
        Answers = [new(200, typeof(PlanPreview))],
        Parameters =
        [
            new("target", "azure: also what it would take there, in time, calls, storage operations and money, beside what others would. Default: no."),
            new("itemTime", "With target: how long the handler takes for an item, such as 20ms. Default: 100ms is assumed."),
            new("prices", "With target: prices in place of the built-in ones, as JSON."),
        ],
        Problems = [413, 415, 422],
    };

    /// <summary>Lists runs.</summary>
    public static ApiRoute ListRuns { get; } = new("listRuns", "GET", "api/runs", ApiRole.Read, "Runs, newest first.", RunAnswers.ListAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(RunPage))],
        Parameters =
        [
            new("status", "Only runs of these statuses, separated by commas. Default: any."),
            new("after", "Goes on after this run, the previous page's next. Default: from the newest."),
            new("limit", "At most so many, 1 to 1,000; to 100 if they are whole. Default: 100.", IsNumber: true),
            new("whole", "true: each run as its own route shows it, spec and report included. Default: false, a line of a list each."),
        ],
    };

    /// <summary>A run.</summary>
    public static ApiRoute GetRun { get; } = new("getRun", "GET", "api/runs/{id}", ApiRole.Read, "A run: status, progress, allotment, what it waits for, its report.", RunAnswers.GetAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(RunView)), new(304)],
        Parameters = [new("If-None-Match", "The ETag of what the client has: 304 if it is still that.", IsHeader: true)],
        Problems = [404],
    };

    /// <summary>Changes a run.</summary>
    public static ApiRoute ChangeRun { get; } = new("changeRun", "PATCH", "api/runs/{id}", ApiRole.Operate, "Retunes, pauses or resumes a run under way.", RunAnswers.ChangeAsync)
    {
        Body = typeof(RunChangeBody),
        Answers = [new(200, typeof(RunView))],
        Parameters = [new("If-Match", "An ETag of the run: refused with 412 if it was changed since. Progress is no change.", IsHeader: true)],
        Problems = [404, 409, 412, 413, 415],
    };

    /// <summary>Cancels a run.</summary>
    public static ApiRoute CancelRun { get; } = new("cancelRun", "POST", "api/runs/{id}/cancel", ApiRole.Operate, "Ends a run: handlers see a cancelled token within 2 s.", RunAnswers.CancelAsync)
    {
        Answers = [new(202, typeof(RunView))],
        Problems = [404, 409],
    };

    /// <summary>Redrives a run.</summary>
    public static ApiRoute RedriveRun { get; } = new("redriveRun", "POST", "api/runs/{id}/redrive", ApiRole.Operate, "A new run over what did not succeed in an ended one.", RunAnswers.RedriveAsync)
    {
        Body = typeof(RedriveBody),
        Answers = [new(202, typeof(RunView)), new(200, typeof(RunView))],
        Parameters = [Idempotency],
        Problems = [404, 409, 413, 415, 422],
    };

    /// <summary>Reads results.</summary>
    public static ApiRoute GetResults { get; } = new("getResults", "GET", "api/runs/{id}/results", ApiRole.Read, "Outcomes in item order, a JSON line each.", RunAnswers.ResultsAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(JsonElement), Lines)],
        Parameters =
        [
            new("status", "Only these outcomes, separated by commas: Succeeded, Failed, TimedOut, Cancelled. Default: any."),
            new("from", "First item's index. Default: 0.", IsNumber: true),
            new("to", "One past the last item's index. Default: to the end.", IsNumber: true),
            new("limit", "At most so many lines. Default: all.", IsNumber: true),
            new("download", "true: for a browser to save as a file. Default: false."),
        ],
        Problems = [404],
    };

    /// <summary>A run's branches and batches.</summary>
    public static ApiRoute GetTree { get; } = new("getTree", "GET", "api/runs/{id}/tree", ApiRole.Read, "A run's branches and batches.", RunAnswers.TreeAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(RunTree))],
        Problems = [404],
    };

    /// <summary>Purges a run.</summary>
    public static ApiRoute DeleteRun { get; } = new("deleteRun", "DELETE", "api/runs/{id}", ApiRole.Operate, "Deletes an ended run with its results.", RunAnswers.DeleteAsync)
    {
        Answers = [new(204)],
        Problems = [404, 409],
    };

    /// <summary>All limits.</summary>
    public static ApiRoute ListLimits { get; } = new("listLimits", "GET", "api/limits", ApiRole.Read, "All limits, with who holds what share.", LimitAnswers.ListAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(LimitList))],
    };

    /// <summary>A limit.</summary>
    public static ApiRoute GetLimit { get; } = new("getLimit", "GET", "api/limits/{name}", ApiRole.Read, "A limit, with who holds what share.", LimitAnswers.GetAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(LimitView))],
        Problems = [404],
    };

    /// <summary>Sets a limit.</summary>
    public static ApiRoute PutLimit { get; } = new("putLimit", "PUT", "api/limits/{name}", ApiRole.Operate, "Adds a limit, or changes it for the runs under it.", LimitAnswers.PutAsync)
    {
        Body = typeof(LimitBody),
        Answers = [new(200, typeof(LimitView))],
        Problems = [413, 415],
    };

    /// <summary>Removes a limit.</summary>
    public static ApiRoute DeleteLimit { get; } = new("deleteLimit", "DELETE", "api/limits/{name}", ApiRole.Operate, "Removes a limit that no run needs any more.", LimitAnswers.DeleteAsync)
    {
        Answers = [new(204)],
        Problems = [404, 409],
    };

    /// <summary>What can be done here.</summary>
    public static ApiRoute GetCapabilities { get; } = new("getCapabilities", "GET", "api/capabilities", ApiRole.Read, "What can be done here.", HomeAnswers.CapabilitiesAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(Capabilities))],
    };

    /// <summary>The spec's schema.</summary>
    public static ApiRoute GetSchema { get; } = new("getSchema", "GET", "api/schema", ApiRole.Read, "The JSON schema of a spec.", HomeAnswers.SchemaAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(JsonElement), "application/schema+json")],
    };

    /// <summary>Whether it is well.</summary>
    public static ApiRoute GetHealth { get; } = new("getHealth", "GET", "api/health", ApiRole.Anyone, "Whether the storage can be used.", HomeAnswers.HealthAsync)
    {
        MayBeShared = true,
        Answers = [new(200, typeof(Health))],
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        StartRun, PlanRun, ListRuns, GetRun, ChangeRun, CancelRun, RedriveRun, GetResults, GetTree, DeleteRun,
        ListLimits, GetLimit, PutLimit, DeleteLimit, GetCapabilities, GetSchema, GetHealth,
    ];
}
