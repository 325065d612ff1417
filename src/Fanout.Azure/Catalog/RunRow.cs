using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using Fanout.Runs;
using Fanout.Serialization;

namespace Fanout.Azure.Catalog;

/// <summary>
/// A run as a row. What is in it comes to at most 16 KiB, two bytes a character as the service counts them: texts that are longer than their part of
/// that are elsewhere (<see cref="ClaimChecks"/>).
/// </summary>
internal sealed class RunRow(ClaimChecks claims)
{
    /// <summary>The key of a run's own row in its partition, which is its id.</summary>
    public const string Key = "run";

    private const int MostSpec = 2_500;
    private const int MostReport = 2_500;
    private const int MostControl = 1_000;
    private const int MostProgress = 1_000;
    private const int MostAnnouncement = 500;

    private static readonly string[] Properties = ["Id", "Spec", "CreatedAt", "StartedAt", "EndedAt", "Status", "Control", "Report", "Progress", "Announcement", "TraceParent"];

    /// <summary>The properties that hold a run's control.</summary>
    public static IReadOnlyList<string> ControlOnly { get; } = ["Control"];

    /// <summary>True: the run in the row has ended, and nothing of the row will change any more but what became of announcing it.</summary>
    public static bool HasEnded(TableEntity row) => row.ContainsKey("Report");

    /// <summary>When the run was accepted.</summary>
    public static DateTimeOffset CreatedAt(TableEntity row) => TimeOf(row, "CreatedAt")!.Value;

    /// <summary>Where a run's large texts are: no other run has the folder, not even a later one of the same id.</summary>
    public static string Folder(string runId, DateTimeOffset createdAt) =>
        string.Create(CultureInfo.InvariantCulture, $"catalog/{runId}/{createdAt.UtcTicks:x}/");

    /// <summary>The row of a run that is new.</summary>
    public async Task<TableEntity> WriteAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var row = await WriteChangesAsync(run, cancellationToken).ConfigureAwait(false);
        row["Id"] = run.Id;
        row["CreatedAt"] = run.CreatedAt.UtcTicks;
        Set(row, "TraceParent", run.TraceParent);
        Set(row, "Announcement", (await WriteAnnouncementAsync(run, cancellationToken).ConfigureAwait(false)).GetString("Announcement"));
        row["Spec"] = await claims.CheckInAsync(Folder(run.Id, run.CreatedAt), "spec", run.SpecJson, MostSpec, cancellationToken).ConfigureAwait(false);
        return row;
    }

    /// <summary>What may change of a run, to be merged into its row.</summary>
    public async Task<TableEntity> WriteChangesAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var row = new TableEntity(run.Id, Key) { ["Status"] = run.Status.ToString() };
        Set(row, "StartedAt", run.StartedAt?.UtcTicks);
        Set(row, "EndedAt", run.EndedAt?.UtcTicks);
        Set(row, "Control", await HoldAsync("control", run.Control, MostControl).ConfigureAwait(false));
        Set(row, "Report", await HoldAsync("report", run.Report, MostReport).ConfigureAwait(false));
        // Of a run that has not ended, its shards tell.
        Set(row, "Progress", await HoldAsync("progress", run.Report is null ? null : run.Progress, MostProgress).ConfigureAwait(false));
        return row;

        Task<string?> HoldAsync<T>(string name, T? value, int most)
            where T : class => claims.CheckInAsync(Folder(run.Id, run.CreatedAt), name, Write(value), most, cancellationToken);
    }

    /// <summary>What became of announcing a run's end, to be merged into its row.</summary>
    public async Task<TableEntity> WriteAnnouncementAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var row = new TableEntity(run.Id, Key);
        var folder = Folder(run.Id, run.CreatedAt);
        Set(row, "Announcement", await claims.CheckInAsync(folder, "announcement", Write(run.Announcement), MostAnnouncement, cancellationToken).ConfigureAwait(false));
        return row;
    }

    /// <summary>The run in a row; null: it is just being deleted.</summary>
    public async Task<RunRecord?> ReadAsync(TableEntity row, CancellationToken cancellationToken)
    {
        var run = await ReadStateAsync(row, cancellationToken).ConfigureAwait(false);
        var spec = await claims.CheckOutAsync(row.GetString("Spec"), cancellationToken).ConfigureAwait(false);
        var report = await ReadAsync<RunReport>(row, "Report", cancellationToken).ConfigureAwait(false);
        var progress = await ReadAsync<RunProgress>(row, "Progress", cancellationToken).ConfigureAwait(false);
        return run is null || spec is null || (report is null && HasEnded(row)) ? null : run with { SpecJson = spec, Report = report, Progress = progress };
    }

    /// <summary>The run in a row without its spec, its report and its progress, none of which a change looks at.</summary>
    public async Task<RunRecord?> ReadStateAsync(TableEntity row, CancellationToken cancellationToken) =>
        await ReadControlAsync(row, cancellationToken).ConfigureAwait(false) is { } control
            ? new RunRecord
            {
                Id = row.GetString("Id"),
                SpecJson = "",
                CreatedAt = CreatedAt(row),
                TraceParent = row.GetString("TraceParent"),
                StartedAt = TimeOf(row, "StartedAt"),
                EndedAt = TimeOf(row, "EndedAt"),
                Control = control,
                Announcement = await ReadAsync<RunAnnouncement>(row, "Announcement", cancellationToken).ConfigureAwait(false),
            }
            : null;

    /// <summary>The run's control; null: it is just being deleted.</summary>
    public Task<RunControl?> ReadControlAsync(TableEntity row, CancellationToken cancellationToken) => ReadAsync<RunControl>(row, "Control", cancellationToken);

    /// <summary>The same run as a row elsewhere, with what another row says of it on top.</summary>
    public static TableEntity Copy(TableEntity run, TableEntity? changes, string partition, string key)
    {
        var copy = new TableEntity(partition, key);
        foreach (var from in new[] { run, changes })
        {
            foreach (var name in Properties.Where(name => from?.ContainsKey(name) == true))
                copy[name] = from![name];
        }

        return copy;
    }

    private async Task<T?> ReadAsync<T>(TableEntity row, string property, CancellationToken cancellationToken)
        where T : class => await claims.CheckOutAsync(row.GetString(property), cancellationToken).ConfigureAwait(false) is { } json
            ? JsonSerializer.Deserialize<T>(json, FanoutJson.Options)
            : null;

    private static string? Write<T>(T? value)
        where T : class => value is null ? null : JsonSerializer.Serialize(value, FanoutJson.Options);

    private static void Set(TableEntity row, string property, object? value)
    {
        if (value is not null)
            row[property] = value;
    }

    private static DateTimeOffset? TimeOf(TableEntity row, string property) =>
        row.GetInt64(property) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
}
