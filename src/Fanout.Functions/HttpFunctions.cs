using Fanout.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Fanout.Functions;

/// <summary>The HTTP API, as the Functions host finds it: its routes are those of <see cref="ApiRoutes"/>, which answer.</summary>
internal sealed class HttpFunctions(FunctionsHome home)
{
    private const string Runs = "api/runs";
    private const string Run = "api/runs/{id}";
    private const string Limit = "api/limits/{name}";

    /// <summary>Starts a run.</summary>
    [Function("startRun")]
    public Task<IResult> StartRunAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = Runs)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.StartRun, request, client);

    /// <summary>Says what a run would do.</summary>
    [Function("planRun")]
    public Task<IResult> PlanRunAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/plan")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.PlanRun, request, client);

    /// <summary>Lists runs.</summary>
    [Function("listRuns")]
    public Task<IResult> ListRunsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Runs)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.ListRuns, request, client);

    /// <summary>Shows a run.</summary>
    [Function("getRun")]
    public Task<IResult> GetRunAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Run)] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetRun, request, client, id);

    /// <summary>Retunes, pauses or resumes a run.</summary>
    [Function("changeRun")]
    public Task<IResult> ChangeRunAsync([HttpTrigger(AuthorizationLevel.Function, "patch", Route = Run)] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.ChangeRun, request, client, id);

    /// <summary>Cancels a run.</summary>
    [Function("cancelRun")]
    public Task<IResult> CancelRunAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = Run + "/cancel")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.CancelRun, request, client, id);

    /// <summary>Redrives a run.</summary>
    [Function("redriveRun")]
    public Task<IResult> RedriveRunAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = Run + "/redrive")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.RedriveRun, request, client, id);

    /// <summary>Reads results.</summary>
    [Function("getResults")]
    public Task<IResult> GetResultsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Run + "/results")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetResults, request, client, id);

    /// <summary>Shows a run's branches and batches.</summary>
    [Function("getTree")]
    public Task<IResult> GetTreeAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Run + "/tree")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetTree, request, client, id);

    /// <summary>Purges a run.</summary>
    [Function("deleteRun")]
    public Task<IResult> DeleteRunAsync([HttpTrigger(AuthorizationLevel.Function, "delete", Route = Run)] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.DeleteRun, request, client, id);

    /// <summary>Lists limits.</summary>
    [Function("listLimits")]
    public Task<IResult> ListLimitsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/limits")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.ListLimits, request, client);

    /// <summary>Shows a limit.</summary>
    [Function("getLimit")]
    public Task<IResult> GetLimitAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = Limit)] HttpRequest request, string name, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetLimit, request, client, name);

    /// <summary>Sets a limit.</summary>
    [Function("putLimit")]
    public Task<IResult> PutLimitAsync([HttpTrigger(AuthorizationLevel.Function, "put", Route = Limit)] HttpRequest request, string name, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.PutLimit, request, client, name);

    /// <summary>Removes a limit.</summary>
    [Function("deleteLimit")]
    public Task<IResult> DeleteLimitAsync([HttpTrigger(AuthorizationLevel.Function, "delete", Route = Limit)] HttpRequest request, string name, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.DeleteLimit, request, client, name);

    /// <summary>Says what can be done here.</summary>
    [Function("getCapabilities")]
    public Task<IResult> GetCapabilitiesAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/capabilities")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetCapabilities, request, client);

    /// <summary>Sends the spec's schema.</summary>
    [Function("getSchema")]
    public Task<IResult> GetSchemaAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/schema")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetSchema, request, client);

    /// <summary>Says whether it is well.</summary>
    [Function("getHealth")]
    public Task<IResult> GetHealthAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        AnswerAsync(ApiRoutes.GetHealth, request, client);

    /// <summary>The page. It holds nothing of the runs: it asks the API, with the key that whoever looks at it gives it.</summary>
    [Function("dashboard")]
    public static IResult Dashboard([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard/{*path}")] HttpRequest request, string? path) =>
        DashboardFiles.Answer(path);

    private Task<IResult> AnswerAsync(ApiRoute route, HttpRequest request, DurableTaskClient client, string? name = null) =>
        route.HandleAsync(new ApiCall(request.HttpContext, home.ApiOver(client), name));
}
