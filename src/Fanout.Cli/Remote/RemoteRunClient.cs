using System.Collections.Concurrent;
using Fanout.Client;
using Fanout.Client.Views;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Specs;
using Fanout.Views;

namespace Fanout.Cli.Remote;

/// <summary>The runs of a server.</summary>
/// <param name="server">The server.</param>
internal sealed class RemoteRunClient(FanoutClient server) : IRunClient
{
    private const int PageSize = 100;

    private readonly ConcurrentDictionary<string, string> _located = new(StringComparer.Ordinal);

    public async Task<StartedRun> StartAsync(RunSpec spec, CancellationToken cancellationToken) =>
        Started(await server.StartAsync(spec, idempotencyKey: null, cancellationToken));

    public Task<PlanPreview> PreviewAsync(RunSpec spec, CancellationToken cancellationToken) => server.PlanAsync(spec, cancellationToken);

    public async Task<RunRecord> GetAsync(string runId, CancellationToken cancellationToken) => Seen(await server.GetAsync(runId, cancellationToken));

    public async Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var runs = new List<RunRecord>();
        var after = query.After;
        do
        {
            var page = await server.ListViewsAsync(query with { After = after, Limit = Math.Min(PageSize, query.Limit - runs.Count) }, cancellationToken);
            runs.AddRange(page.Runs.Select(Seen));
            after = page.Next;
        }
        while (after is not null && runs.Count < query.Limit);

        return runs;
    }

    public Task PauseAsync(string runId, CancellationToken cancellationToken) =>
        server.ChangeAsync(runId, new RunChange(new Retune(), Paused: true), ifMatch: null, cancellationToken);

    public Task ResumeAsync(string runId, CancellationToken cancellationToken) =>
        server.ChangeAsync(runId, new RunChange(new Retune(), Paused: false), ifMatch: null, cancellationToken);

    public Task CancelAsync(string runId, CancellationToken cancellationToken) => server.CancelAsync(runId, cancellationToken);

    public Task RetuneAsync(string runId, Retune change, CancellationToken cancellationToken) =>
        server.ChangeAsync(runId, new RunChange(change, Paused: null), ifMatch: null, cancellationToken);

    public Task PurgeAsync(string runId, CancellationToken cancellationToken) => server.DeleteAsync(runId, cancellationToken);

    public IAsyncEnumerable<ResultLine> ReadResultsAsync(string runId, ResultQuery query, CancellationToken cancellationToken) =>
        server.ReadResultsAsync(runId, query, limit: null, cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadResultLinesAsync(string runId, ResultQuery query, CancellationToken cancellationToken) =>
        server.ReadResultLinesAsync(runId, query, limit: null, cancellationToken);

    public Task<RunTree> ReadTreeAsync(string runId, CancellationToken cancellationToken) => server.GetTreeAsync(runId, cancellationToken);

    /// <summary>Where they are at the server, if that was told; else their URL.</summary>
    public string LocateResults(string runId) =>
        _located.GetValueOrDefault(runId) ?? new Uri(server.BaseAddress, $"api/runs/{Uri.EscapeDataString(runId)}/results").AbsoluteUri;

    /// <summary>A run as the server showed it.</summary>
    public RunRecord Seen(RunView run)
    {
        if (run.Results is { } located)
            _located[run.Id] = located;
        return new RunRecord
        {
            Id = run.Id,
            SpecJson = run.Spec?.GetRawText() ?? throw new RemoteException($"{server.BaseAddress} shows run {run.Id} without its spec. Is it a Fanout server of this version?"),
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            Control = run.Control,
            Progress = run.Progress,
            Report = run.Report,
            Announcement = run.Announcement,
            DrivenBy = run.DrivenBy,
        };
    }

    /// <summary>A start as the server answered it.</summary>
    public StartedRun Started(RunView run) => new(Seen(run).Id, run.Created ?? true);
}
