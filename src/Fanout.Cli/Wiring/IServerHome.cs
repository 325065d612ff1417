using System.Text.Json.Nodes;
using Fanout.Runs;

namespace Fanout.Cli.Wiring;

/// <summary>The runs at a server. It judges specs itself, as it alone knows its handlers and its files: they are sent as they were written.</summary>
internal interface IServerHome : IFanoutHome
{
    /// <summary>Starts a run of a spec.</summary>
    /// <exception cref="SpecException">The server refuses it.</exception>
    Task<StartedRun> StartAsync(JsonObject spec, CancellationToken cancellationToken);

    /// <summary>What a run of a spec would do.</summary>
    /// <exception cref="SpecException">The server refuses it.</exception>
    Task<PlanPreview> PreviewAsync(JsonObject spec, CancellationToken cancellationToken);

    /// <summary>Changes a run under way.</summary>
    /// <exception cref="SpecException">The server refuses it; pointers are those of the change.</exception>
    Task<RunRecord> ChangeAsync(string runId, JsonObject change, CancellationToken cancellationToken);

    /// <summary>The JSON schema of its specs.</summary>
    Task<string> GetSchemaAsync(CancellationToken cancellationToken);
}

/// <summary>Where a server is. No record: what prints a record's fields would print the key.</summary>
/// <param name="url">Its URL, as it was typed.</param>
/// <param name="key">The key; null: none.</param>
internal sealed class ServerPlace(string url, string? key)
{
    public string Url { get; } = url;

    public string? Key { get; } = key;
}
