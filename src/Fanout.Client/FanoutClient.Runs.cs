using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Client.Requests;
using Fanout.Client.Views;
using Fanout.Planning.Costs;
using Fanout.Runs;
using Fanout.Serialization;
using Fanout.Specs;
using Fanout.Views;

namespace Fanout.Client;

/// <content>Runs.</content>
public sealed partial class FanoutClient
{
    private const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Starts a run, as the server's own client does: with an id that exists and the same spec it starts nothing and says so.</summary>
    /// <param name="spec">The spec; without an id it gets one at the server.</param>
    /// <param name="idempotencyKey">Names the run if the spec has no id: the same key starts it once. At most 255 characters. Null: one is made, so that repeating the request starts nothing twice.</param>
    /// <param name="cancellationToken">Ends the wait; the run may have been started.</param>
    /// <returns>The run; <see cref="RunView.Created"/> is false also when an earlier attempt of this very call started it and its answer was lost.</returns>
    /// <exception cref="SpecException">The spec is not legal there.</exception>
    /// <exception cref="RunException">The id exists with another spec.</exception>
    /// <exception cref="SourceException">The source is missing or unreadable there.</exception>
    public Task<RunView> StartAsync(RunSpec spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return StartAsync(Encoding.UTF8.GetBytes(SpecWriter.Write(spec)), spec.Id is not null, idempotencyKey, cancellationToken);
    }

    /// <inheritdoc cref="StartAsync(RunSpec, string?, CancellationToken)"/>
    public Task<RunView> StartAsync(JsonObject spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return StartAsync(Json(spec), spec["id"] is not null, idempotencyKey, cancellationToken);
    }

    /// <summary>What a run of this spec would do there; starts nothing.</summary>
    /// <exception cref="SpecException">The spec is not legal there.</exception>
    /// <exception cref="SourceException">The source is missing or unreadable there.</exception>
    public Task<PlanPreview> PlanAsync(RunSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return PlanAsync(Encoding.UTF8.GetBytes(SpecWriter.Write(spec)), cancellationToken);
    }

    /// <inheritdoc cref="PlanAsync(RunSpec, CancellationToken)"/>
    public Task<PlanPreview> PlanAsync(JsonObject spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return PlanAsync(Json(spec), cancellationToken);
    }

    /// <summary>What a run of this spec would take in Azure, its source counted there.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="target">What is said of Azure.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SpecException">The spec is not legal there.</exception>
    /// <exception cref="SourceException">The source is missing or unreadable there.</exception>
    public Task<PlanPreview> PlanForAzureAsync(JsonObject spec, AzureTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(target);
        var query = "?target=azure";
        if (target.ItemTime is { } itemTime)
            query += $"&itemTime={Uri.EscapeDataString(HumanDuration.Format(itemTime))}";
        if (target.Prices.GivenJson is { } prices)
            query += $"&prices={Uri.EscapeDataString(prices)}";
        return PlanAsync(Json(spec), cancellationToken, query);
    }

    /// <summary>All runs, newest first, a page at a time as they are asked for.</summary>
    /// <param name="status">Only runs of these statuses; null: any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async IAsyncEnumerable<RunSummary> ListAsync(IReadOnlyList<RunStatus>? status = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? after = null;
        do
        {
            var page = await ListPageAsync(new RunQuery(status, after), cancellationToken).ConfigureAwait(false);
            foreach (var run in page.Runs)
                yield return run;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>A page of runs, newest first.</summary>
    public Task<RunPage> ListPageAsync(RunQuery query, CancellationToken cancellationToken = default) =>
        GetAsync<RunPage>(ListRequest(query), cancellationToken);

    /// <summary>A page of runs, newest first, each as <see cref="GetAsync(string, CancellationToken)"/> shows it; the query's limit is 100 at most.</summary>
    public Task<RunViewPage> ListViewsAsync(RunQuery query, CancellationToken cancellationToken = default)
    {
        var request = ListRequest(query);
        return GetAsync<RunViewPage>(request with { Path = $"{request.Path}&whole=true" }, cancellationToken);
    }

    /// <summary>A run.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    public async Task<RunView> GetAsync(string runId, CancellationToken cancellationToken = default) =>
        (await GetIfChangedAsync(runId, etag: null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>A run, unless it is as the client knows it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="etag">The <see cref="RunView.ETag"/> of what is known; null: nothing is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null: it is as it was.</returns>
    /// <exception cref="RunException">There is no such run.</exception>
    public async Task<RunView?> GetIfChangedAsync(string runId, string? etag, CancellationToken cancellationToken = default)
    {
        var request = OfRun(HttpMethod.Get, runId) with { Headers = etag is null ? [] : [("If-None-Match", etag)] };
        using var answer = await _sender.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode is HttpStatusCode.NotModified ? null : await ReadRunAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Retunes, pauses or resumes a run under way. A resumed run is given to the server to be driven.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="change">What is to change.</param>
    /// <param name="ifMatch">The <see cref="RunView.ETag"/> of what is known: refused if the run was changed since. Null: whatever it is.</param>
    /// <param name="cancellationToken">Ends the wait; the run may have been changed.</param>
    /// <exception cref="RunException">There is no such run, it has ended, or it was changed since.</exception>
    public Task<RunView> ChangeAsync(string runId, RunChange change, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var document = JsonSerializer.SerializeToNode(change.Retune, FanoutJson.Options)!.AsObject();
        if (change.Paused is { } paused)
            document["paused"] = paused;
        return ChangeAsync(runId, document, ifMatch, cancellationToken);
    }

    /// <inheritdoc cref="ChangeAsync(string, RunChange, string?, CancellationToken)"/>
    /// <exception cref="SpecException">It is not a legal change.</exception>
    public async Task<RunView> ChangeAsync(string runId, JsonObject change, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var request = OfRun(HttpMethod.Patch, runId) with { Body = Json(change), Headers = ifMatch is null ? [] : [("If-Match", ifMatch)] };
        return await SendForRunAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a run: handlers see a cancelled token, nothing new starts.</summary>
    /// <exception cref="RunException">There is no such run, or it has ended.</exception>
    public Task<RunView> CancelAsync(string runId, CancellationToken cancellationToken = default) =>
        SendForRunAsync(OfRun(HttpMethod.Post, runId, "/cancel"), cancellationToken);

    /// <summary>Starts a new run over what did not succeed in an ended one.</summary>
    /// <param name="runId">The ended run.</param>
    /// <param name="redrive">How the new one differs; null: it does not.</param>
    /// <param name="idempotencyKey">As for a start.</param>
    /// <param name="cancellationToken">Ends the wait; the run may have been started.</param>
    /// <exception cref="RunException">There is no such run, it has not ended, or the new id exists with another spec.</exception>
    /// <exception cref="SpecException">The new run's spec is not legal.</exception>
    public Task<RunView> RedriveAsync(string runId, Redrive? redrive = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        SendForRunAsync(OfRun(HttpMethod.Post, runId, "/redrive") with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(redrive ?? new Redrive(), FanoutJson.Options),
            MayBeRepeated = true,
            Headers = redrive?.Id is null || idempotencyKey is not null ? [(IdempotencyKey, idempotencyKey ?? _sender.MakeKey())] : [],
        }, cancellationToken);

    /// <summary>A run's branches and batches, as far as its results show them.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    public Task<RunTree> GetTreeAsync(string runId, CancellationToken cancellationToken = default) =>
        GetAsync<RunTree>(OfRun(HttpMethod.Get, runId, "/tree"), cancellationToken);

    /// <summary>Deletes an ended run with its results.</summary>
    /// <exception cref="RunException">There is no such run, or it has not ended.</exception>
    public async Task DeleteAsync(string runId, CancellationToken cancellationToken = default)
    {
        using var answer = await _sender.SendAsync(OfRun(HttpMethod.Delete, runId), cancellationToken).ConfigureAwait(false);
    }

    private static ApiRequest OfRun(HttpMethod method, string runId, string below = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        return new ApiRequest(method, $"api/runs/{Uri.EscapeDataString(runId)}{below}") { RunId = runId };
    }

    private static ApiRequest ListRequest(RunQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var path = string.Create(CultureInfo.InvariantCulture, $"api/runs?limit={query.Limit}");
        if (query.Status is { } status)
            path += $"&status={string.Join(',', status)}";
        if (query.After is { } after)
            path += $"&after={Uri.EscapeDataString(after)}";
        return new ApiRequest(HttpMethod.Get, path);
    }

    private Task<RunView> StartAsync(byte[] spec, bool hasId, string? idempotencyKey, CancellationToken cancellationToken) =>
        SendForRunAsync(new ApiRequest(HttpMethod.Post, "api/runs")
        {
            Body = spec,
            MayBeRepeated = true,
            Headers = hasId && idempotencyKey is null ? [] : [(IdempotencyKey, idempotencyKey ?? _sender.MakeKey())],
        }, cancellationToken);

    private Task<PlanPreview> PlanAsync(byte[] spec, CancellationToken cancellationToken, string query = "") =>
        GetAsync<PlanPreview>(new ApiRequest(HttpMethod.Post, "api/plan" + query) { Body = spec, MayBeRepeated = true, TakesItsTime = true }, cancellationToken);

    private async Task<RunView> SendForRunAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var answer = await _sender.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadRunAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RunView> ReadRunAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        (await ReadAsync<RunView>(answer, cancellationToken).ConfigureAwait(false)) with { ETag = answer.Headers.ETag?.ToString() };
}
