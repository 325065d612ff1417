using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fanout.Api.Answers;
using Fanout.Planning.Costs;
using Fanout.Runs;
using Fanout.Specs;
using Fanout.Views;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Routes;

/// <summary>Answers to requests about runs.</summary>
internal static class RunAnswers
{
    public const string IdempotencyKey = "Idempotency-Key";

    private const int DefaultPage = 100;
    private const int LongestPage = 1_000;
    private const int LongestWholePage = 100; // A run may have a spec of 2 MiB.
    private const int LongestKey = 255;

    public static async Task<IResult> StartAsync(ApiCall call)
    {
        var spec = await ReadSpecAsync(call, await call.Request.ReadTextAsync().ConfigureAwait(false)).ConfigureAwait(false);
        return await StartAsync(call, spec with { Id = spec.Id ?? IdOf(call.Request) }).ConfigureAwait(false);
    }

    public static async Task<IResult> PlanAsync(ApiCall call)
    {
        var spec = await ReadSpecAsync(call, await call.Request.ReadTextAsync().ConfigureAwait(false)).ConfigureAwait(false);
        var plan = TargetOf(call.Request) is { } target
            ? AzurePlan.PreviewAsync(call.Home.Runs, spec, target, call.Aborted)
            : call.Home.Runs.PreviewAsync(spec, call.Aborted);
        return new JsonAnswer(await plan.ConfigureAwait(false));
    }

    public static async Task<IResult> ListAsync(ApiCall call)
    {
        var isWhole = call.Request.Flag("whole");
        var limit = (int)(call.Request.Number("limit", 1, isWhole ? LongestWholePage : LongestPage) ?? DefaultPage);
        var query = new RunQuery(call.Request.Names<RunStatus>("status"), call.Request.Text("after"), limit);
        var runs = await call.Home.Runs.ListAsync(query, call.Aborted).ConfigureAwait(false);
        var next = runs.Count == limit ? runs[^1].Id : null;
        return isWhole
            ? new JsonAnswer(new RunViewPage([.. runs.Select(run => View(call, run))], next))
            : new JsonAnswer(new RunPage([.. runs.Select(RunSummary.Of)], next));
    }

    public static async Task<IResult> GetAsync(ApiCall call) =>
        Show(call, await call.Home.Runs.GetAsync(call.Id, call.Aborted).ConfigureAwait(false));

    public static async Task<IResult> ChangeAsync(ApiCall call)
    {
        var change = RetuneReader.Read(await call.Request.ReadJsonAsync().ConfigureAwait(false));
        var runs = call.Home.Runs;
        var run = await runs.GetAsync(call.Id, call.Aborted).ConfigureAwait(false);
        if (!Matches(call.Request.Headers.IfMatch, run.Control.Version))
            return Problem.Answer(StatusCodes.Status412PreconditionFailed, $"Run '{call.Id}' was changed meanwhile. Look at it again, then change it.");
        if (change.Retune != new Retune())
            await runs.RetuneAsync(call.Id, change.Retune, call.Aborted).ConfigureAwait(false);
        if (change.Paused is true)
            await runs.PauseAsync(call.Id, call.Aborted).ConfigureAwait(false);
        if (change.Paused is false)
            await runs.ResumeAsync(call.Id, call.Aborted).ConfigureAwait(false);
        if (change.Paused is false)
            call.Home.OnStarted(call.Id);
        return await GetAsync(call).ConfigureAwait(false);
    }

    public static async Task<IResult> CancelAsync(ApiCall call)
    {
        await call.Home.Runs.CancelAsync(call.Id, call.Aborted).ConfigureAwait(false);
        // Somebody has to write its report, even if it had not begun.
        call.Home.OnStarted(call.Id);
        var run = await call.Home.Runs.GetAsync(call.Id, call.Aborted).ConfigureAwait(false);
        return new JsonAnswer(View(call, run), StatusCodes.Status202Accepted);
    }

    public static async Task<IResult> RedriveAsync(ApiCall call)
    {
        var request = await call.Request.ReadJsonAsync(mayBeEmpty: true).ConfigureAwait(false);
        var earlier = await call.Home.Runs.GetAsync(call.Id, call.Aborted).ConfigureAwait(false);
        if (earlier.Report is null)
            throw new RunException(call.Id, $"Run '{call.Id}' has not ended. Let it end, or cancel it, then redrive it.");
        var spec = await ReadSpecAsync(call, RedriveDocument.Create(earlier, request).ToJsonString()).ConfigureAwait(false);
        return await StartAsync(call, spec with { Id = spec.Id ?? IdOf(call.Request) }).ConfigureAwait(false);
    }

    public static async Task<IResult> DeleteAsync(ApiCall call)
    {
        await call.Home.Runs.PurgeAsync(call.Id, call.Aborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    public static Task<IResult> ResultsAsync(ApiCall call)
    {
        var request = call.Request;
        var query = new ResultQuery(
            request.Names<OutcomeStatus>("status"), request.Number("from", 0, long.MaxValue) ?? 0, request.Number("to", 0, long.MaxValue));
        var limit = request.Number("limit", 1, long.MaxValue);
        var fileName = request.Flag("download") ? $"{call.Id}.jsonl" : null;
        return LinesAnswer.OpenAsync(call.Home.Runs.ReadResultLinesAsync(call.Id, query, call.Aborted), limit, fileName, call.Aborted);
    }

    public static async Task<IResult> TreeAsync(ApiCall call) =>
        new JsonAnswer(await call.Home.Runs.ReadTreeAsync(call.Id, call.Aborted).ConfigureAwait(false));

    /// <summary>A run as an answer that can be compared with what the client has.</summary>
    public static JsonAnswer Show(ApiCall call, RunRecord run) => new(View(call, run)) { Version = RunTag.OfVersion(run.Control.Version) };

    public static RunView View(ApiCall call, RunRecord run) =>
        RunView.Of(run, call.Home.Runs.LocateResults(run.Id), call.Home.Capabilities.Events);

    // What is to be planned for other than here; null: nothing.
    private static AzureTarget? TargetOf(HttpRequest request)
    {
        var (target, time, prices) = (request.Text("target"), request.Text("itemTime"), request.Text("prices"));
        if (target is null && time is null && prices is null)
            return null;
        if (target != "azure")
            throw new RequestException(StatusCodes.Status400BadRequest, "The parameter 'target' is not azure: there is no other, and 'itemTime' and 'prices' say something of it.");
        TimeSpan? itemTime = time is null ? null
            : HumanDuration.TryParse(time, out var read) && read >= TimeSpan.Zero && read <= AzureTarget.LongestItemTime ? read
            : throw new RequestException(StatusCodes.Status400BadRequest, "The parameter 'itemTime' is not a duration from 0s to 24h, such as 20ms.");
        return new AzureTarget(itemTime, prices is null ? PriceList.BuiltIn : PriceList.Read(prices));
    }

    private static async Task<RunSpec> ReadSpecAsync(ApiCall call, string text)
    {
        var spec = SpecReader.Read(text, call.Home.Registry, call.Home.Directory);
        if (call.Home.Rules.Check(spec) is { Count: > 0 } errors)
            throw new SpecException(errors);
        await RedriveRules.CheckAsync(call.Home, spec, call.Aborted).ConfigureAwait(false);
        return spec;
    }

    private static async Task<IResult> StartAsync(ApiCall call, RunSpec spec)
    {
        using var caller = CallerTrace.Enter(call.Request);
        var started = await call.Home.Runs.StartAsync(spec, call.Aborted).ConfigureAwait(false);
        call.Home.OnStarted(started.RunId);
        var run = await call.Home.Runs.GetAsync(started.RunId, call.Aborted).ConfigureAwait(false);
        var view = View(call, run) with { Created = started.Created };
        return new JsonAnswer(view, started.Created ? StatusCodes.Status202Accepted : StatusCodes.Status200OK) { Location = view.Links?.Self };
    }

    // The same key gives the same id, so that whoever repeats a request whose answer was lost starts nothing more.
    private static string? IdOf(HttpRequest request)
    {
        const int IdBytes = 12;
        var key = request.Headers[IdempotencyKey].ToString();
        if (key.Length == 0)
            return null;
        if (key.Length > LongestKey)
            throw new RequestException(StatusCodes.Status400BadRequest, $"The header {IdempotencyKey} is longer than {LongestKey} characters.");
        return $"key-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, IdBytes))}";
    }

    // An entity tag changes with every item that is settled; what a change must not overwrite is another change.
    private static bool Matches(Microsoft.Extensions.Primitives.StringValues ifMatch, long version) =>
        ifMatch.Count == 0 || ifMatch.ToString() == "*" || ifMatch.ToString().Split(',').Any(tag => TagVersion(tag) == RunTag.OfVersion(version));

    // Also the bare version, which a client has from the run's control.
    private static string TagVersion(string tag) => $"v{tag.Trim().TrimStart('W', '/').Trim('"').TrimStart('v').Split('-')[0]}";
}
