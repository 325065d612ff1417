using System.Text;
using Fanout.Doctor;

namespace Fanout.Cli.Rendering;

/// <summary>A look at a process and a home as <c>doctor</c> shows it.</summary>
internal static class DoctorText
{
    /// <summary>Several lines, the last without a line end.</summary>
    public static string Format(DoctorReport report)
    {
        var text = new StringBuilder();
        AddEnvironment(text, report);
        AddHome(text, report.Home);
        if (report.Home.Runs is { } runs)
            AddRuns(text, runs, report.At);
        AddFindings(text, report.Findings);
        return text.ToString().TrimEnd();
    }

    private static void AddEnvironment(StringBuilder text, DoctorReport report)
    {
        var environment = report.Environment;
        text.AppendLine("Environment");
        Field(text, "version", report.Version);
        Field(text, "system", $"{environment.System}, {environment.Architecture}");
        Field(text, "runtime", environment.Runtime);
        Field(text, "cores", environment.CoreLimit is { } cores ? Figures.Invariant($"{environment.Cores}, of which the container may use {cores:0.##}") : Figures.Count(environment.Cores));
        Field(text, "memory", Figures.Invariant($"{Size(environment.Memory)}, {environment.MemoryLoad * 100:0}% in use; this process {Size(environment.WorkingSet)}") + (environment.MemoryLimit is { } most ? $"; the container's limit is {Size(most)}" : ""));
        Field(text, "files", environment.OpenFileLimit is { } files ? $"{Figures.Count(environment.OpenFiles ?? 0)} open of {Figures.Count(files)}" : "no limit is known");
        Field(text, "garbage", Figures.Invariant($"{environment.Garbage.Mode}{(environment.Garbage.Concurrent ? ", concurrent" : "")}; {Size(environment.Garbage.HeapBytes)} of objects, {environment.Garbage.PausePercent:0.0}% of the time in pauses"));
        Field(text, "threads", Figures.Invariant($"{environment.ThreadPool.Threads} in the pool ({environment.ThreadPool.LeastThreads} to {environment.ThreadPool.MostThreads}), {environment.ThreadPool.Waiting} pieces of work wait"));
        if (environment.TemporarySpace is { } space)
            Field(text, "temporary", $"{Size(space)} free for temporary files");
    }

    private static void AddHome(StringBuilder text, HomeReport home)
    {
        text.AppendLine().AppendLine("Home");
        Field(text, "directory", home.Exists ? home.Path : $"{home.Path} (not there)");
        if (home.FreeBytes is { } free && home.TotalBytes is { } total)
            Field(text, "disk", $"{home.FileSystem}, {Size(free)} free of {Size(total)}");
        if (home.Permissions is not null)
            Field(text, "rights", $"{home.Permissions}, {(home.Writable ? "writable" : "not writable")} for this user");
        foreach (var database in home.Databases)
        {
            var schema = database.Schema is { } version ? Figures.Invariant($", schema {version} of {database.KnownSchema}") : "";
            var pages = database.Pages is { } all ? $", {Figures.Count(all, "page")}, {Figures.Count(database.FreePages ?? 0)} unused" : "";
            Field(text, database.File, $"{Integrity(database.Integrity)}{schema}{pages}, {Size(database.Bytes)}, write-ahead log {Size(database.LogBytes)}");
        }
    }

    private static void AddRuns(StringBuilder text, RunsReport runs, DateTimeOffset now)
    {
        text.AppendLine().AppendLine("Runs");
        Field(text, "runs", runs.ByStatus.Count == 0 ? "none" : string.Join(", ", runs.ByStatus.Select(status => $"{Figures.Count(status.Value)} {status.Key}")));
        Field(text, "driven by", runs.Drivers.Count == 0 ? "nobody" : string.Join(", ", runs.Drivers.Select(driver => $"{driver.Key} ({Figures.Count(driver.Value, "run")})")));
        Field(text, "interrupted", Waiting(runs.Interrupted, now));
        Field(text, "waiting", Waiting(runs.Waiting, now));
        Field(text, "leases", $"{Figures.Count(runs.LeasesLeftBehind)} left behind by processes that are gone");
        Field(text, "work", $"{Figures.Count(runs.Orchestrations, "orchestration")} not ended, {Figures.Count(runs.Messages, "message")} not taken yet");
    }

    private static string Waiting(IReadOnlyList<WaitingRun> runs, DateTimeOffset now) =>
        runs.Count == 0 ? "none" : $"{Figures.Count(runs.Count)}, the oldest, {runs[0].Id}, accepted {Figures.Duration(now - runs[0].CreatedAt)} ago";

    private static void AddFindings(StringBuilder text, IReadOnlyList<Finding> findings)
    {
        text.AppendLine();
        if (findings.Count == 0)
            text.AppendLine("Nothing is wrong.");
        foreach (var finding in findings)
            text.Append(finding.Level == FindingLevel.Problem ? "Problem: " : "Advice: ").AppendLine(finding.Message).Append("  ").AppendLine(finding.Remedy);
    }

    private static string Integrity(DatabaseIntegrity integrity) => integrity switch
    {
        DatabaseIntegrity.Whole => "whole",
        DatabaseIntegrity.Damaged => "damaged",
        DatabaseIntegrity.Unfinished => "not all looked at",
        _ => "not looked at",
    };

    private static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => Figures.Count(bytes, "byte"),
        < 1 << 20 => Figures.Invariant($"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => Figures.Invariant($"{bytes / 1048576.0:0.#} MiB"),
        _ => Figures.Invariant($"{bytes / 1073741824.0:0.#} GiB"),
    };

    private static void Field(StringBuilder text, string name, string value) => text.Append("  ").Append(name.PadRight(12)).AppendLine(value);
}
