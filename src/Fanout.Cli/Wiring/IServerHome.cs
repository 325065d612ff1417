using System.Text.Json.Nodes;
using Fanout.Doctor;
using Fanout.Planning.Costs;
using Fanout.Runs;

namespace Fanout.Cli.Wiring;

/// <summary>The runs at a server. It judges specs itself, as it alone knows its handlers and its files: they are sent as they were written.</summary>
internal interface IServerHome : IFanoutHome
{
    /// <summary>Starts a run of a spec.</summary>
    /// <exception cref="SpecException">The server refuses it.</exception>
    Task<StartedRun> StartAsync(JsonObject spec, CancellationToken cancellationToken);

    /// <summary>What a run of a spec would do, there or in Azure.</summary>
    /// <exception cref="SpecException">The server refuses it.</exception>
    Task<PlanPreview> PreviewAsync(JsonObject spec, AzureTarget? target, CancellationToken cancellationToken);

    /// <summary>Changes a run under way.</summary>
    /// <exception cref="SpecException">The server refuses it; pointers are those of the change.</exception>
    Task<RunRecord> ChangeAsync(string runId, JsonObject change, CancellationToken cancellationToken);

    /// <summary>The JSON schema of its specs.</summary>
    Task<string> GetSchemaAsync(CancellationToken cancellationToken);

    /// <summary>What is wrong with the server's process and its home.</summary>
    Task<DoctorReport> GetDoctorReportAsync(CancellationToken cancellationToken);

    /// <summary>Has the server record its process while it drives a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="kind">What is recorded: <c>cpu</c>, <c>alloc</c> or <c>locks</c>.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="destination">Where the trace goes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RunException">There is no such run, or the server does not drive it.</exception>
    Task RecordProfileAsync(string runId, string kind, int seconds, Stream destination, CancellationToken cancellationToken);

    /// <summary>Ends a recording early; whoever asked for it gets what there is.</summary>
    Task StopProfileAsync(CancellationToken cancellationToken);
}

/// <summary>Where a server is. No record: what prints a record's fields would print the key.</summary>
/// <param name="url">Its URL, as it was typed.</param>
/// <param name="key">The key; null: none.</param>
internal sealed class ServerPlace(string url, string? key)
{
    public string Url { get; } = url;

    public string? Key { get; } = key;
}
