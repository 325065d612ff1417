using System.Text.Json.Nodes;
using Fanout.Cli.Wiring;
using Fanout.Client;
using Fanout.Dispatch;
using Fanout.Doctor;
using Fanout.Planning.Costs;
using Fanout.Runs;

namespace Fanout.Cli.Remote;

/// <summary>A server as a home: its runs are asked for, and driven there.</summary>
internal sealed class RemoteHome : IServerHome
{
    private readonly FanoutClient _server;
    private readonly RemoteRunClient _runs;

    public RemoteHome(FanoutClient server)
    {
        _server = server;
        _runs = new RemoteRunClient(server);
        Limits = new RemoteLimitClient(server);
        Driver = new RemoteDriver(server);
    }

    public IRunClient Client => _runs;

    public ILimitClient Limits { get; }

    public IRequestQueue? Requests => null;

    public IRunDriver Driver { get; }

    /// <summary>Empty: what specs may name is the server's to say.</summary>
    public FanoutRegistry Registry { get; } = new();

    public async Task<StartedRun> StartAsync(JsonObject spec, CancellationToken cancellationToken) =>
        _runs.Started(await _server.StartAsync(spec, idempotencyKey: null, cancellationToken));

    public Task<PlanPreview> PreviewAsync(JsonObject spec, AzureTarget? target, CancellationToken cancellationToken) =>
        target is null ? _server.PlanAsync(spec, cancellationToken) : _server.PlanForAzureAsync(spec, target, cancellationToken);

    public async Task<RunRecord> ChangeAsync(string runId, JsonObject change, CancellationToken cancellationToken) =>
        _runs.Seen(await _server.ChangeAsync(runId, change, ifMatch: null, cancellationToken));

    public Task<string> GetSchemaAsync(CancellationToken cancellationToken) => _server.GetSchemaAsync(cancellationToken);

    public Task<DoctorReport> GetDoctorReportAsync(CancellationToken cancellationToken) => _server.GetDoctorReportAsync(cancellationToken);

    public Task RecordProfileAsync(string runId, string kind, int seconds, Stream destination, CancellationToken cancellationToken) =>
        _server.RecordProfileAsync(kind, seconds, runId, destination, cancellationToken);

    public Task StopProfileAsync(CancellationToken cancellationToken) => _server.StopProfileAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }
}
