using System.Globalization;

namespace Fanout.Doctor;

/// <summary>What is wrong with a home, and what to do.</summary>
internal static class HomeFindings
{
    private const long LittleSpace = 1L << 30;
    private const long HardlyAnySpace = 100L << 20;
    private const long LongLog = 256L << 20;

    // SQLite's write-ahead log needs memory that all processes share, which these do not give: https://sqlite.org/wal.html
    private static readonly string[] NetworkFileSystems = ["nfs", "cifs", "smb", "9p", "v9fs", "afs", "ceph", "gluster", "fuse.sshfs", "webdav"];

    public static IEnumerable<Finding> Of(HomeReport home, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(home);
        if (home.Unusable is { } why)
            return [Problem("home.unusable", $"{home.Path}: {why}", "Correct --home, or choose another.")];
        if (!home.Exists)
            return [Missing(home)];
        return OfPlace(home).Concat(home.Databases.SelectMany(database => OfDatabase(home, database))).Concat(home.Runs is { } runs ? OfRuns(runs, now) : []);
    }

    private static Finding Missing(HomeReport home) => home.IsNamed
        ? Problem("home.missing", $"{home.Path}: there is no home.", "Correct --home or FANOUT_HOME. A home is made by the first run in it.")
        : new Finding(FindingLevel.Advice, "home.missing", $"{home.Path}: there is no home yet.", "It is made by the first run. Give another with --home DIR.");

    private static IEnumerable<Finding> OfPlace(HomeReport home)
    {
        if (!home.Writable)
            yield return Problem("home.readOnly", $"{home.Path}: this user cannot write it.", "Make the directory and its files writable, or run as the user they belong to.");
        if (home.FreeBytes < HardlyAnySpace)
            yield return Problem("home.full", Invariant($"{home.Path}: {Mebibytes(home.FreeBytes.Value)} are left on its disk."), "Free some space: purge ended runs (fanout purge), or move the home to a larger disk.");
        else if (home.FreeBytes < LittleSpace)
            yield return Advice("home.space", Invariant($"{home.Path}: only {Mebibytes(home.FreeBytes.Value)} are left on its disk."), "Free some space: purge ended runs (fanout purge), or move the home to a larger disk.");
        if (home.FileSystem is { } system && NetworkFileSystems.Any(name => system.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            yield return Problem("home.network", $"{home.Path}: its file system is {system}, which is shared over a network; its database may be damaged there.", "Keep the home on a disk of this machine. For several machines use --storage azure:….");
    }

    private static IEnumerable<Finding> OfDatabase(HomeReport home, DatabaseReport database)
    {
        var path = Path.Combine(home.Path, database.File);
        if (database.Schema > database.KnownSchema)
            yield return Problem("database.newer", Invariant($"{path}: it was written by a newer version of Fanout (schema {database.Schema}; this one knows up to {database.KnownSchema})."), "Update Fanout, or choose another home.");
        else if (database.Schema < database.KnownSchema && database.Integrity != DatabaseIntegrity.Damaged)
            yield return Advice("database.older", Invariant($"{path}: it is of an earlier version of Fanout (schema {database.Schema} of {database.KnownSchema})."), "The next run or change in this home brings it up to date; versions before this one cannot read it then.");
        if (database.Integrity == DatabaseIntegrity.Damaged)
            yield return Problem("database.damaged", $"{path}: {string.Join("; ", database.Errors)}", "Stop what uses the home. Restore the file from a backup, or move it away to begin with an empty one; results already written are still readable.");
        if (database.Integrity == DatabaseIntegrity.Unknown)
            yield return Advice("database.unknown", $"{path}: {string.Join("; ", database.Errors)}", "Look again when the home is in use, or after the next command in it.");
        if (database.Integrity == DatabaseIntegrity.Unfinished)
            yield return Advice("database.unfinished", $"{path}: there was not enough time to look at all of it; nothing is wrong with what was seen.", "Give more: --seconds 600.");
        if (database.LogBytes > LongLog)
            yield return Advice("database.log", Invariant($"{path}-wal: its write-ahead log has grown to {Mebibytes(database.LogBytes)}."), "It is cut back when nothing reads the database for a moment: end long 'results --follow' and backups that hold it open.");
    }

    private static IEnumerable<Finding> OfRuns(RunsReport runs, DateTimeOffset now)
    {
        foreach (var run in runs.Interrupted.Where(run => !run.Paused).Take(5))
            yield return Problem("run.interrupted", $"Run {run.Id} has begun, has not ended, and nobody drives it.", $"Continue it: fanout resume {run.Id}. Or end it: fanout cancel {run.Id}, then resume.");
        if (runs.Interrupted.Count(run => !run.Paused) is > 5 and var more)
            yield return Problem("run.interrupted", Invariant($"{more - 5} more runs have begun and nobody drives them."), "See them: fanout list --status Running. fanout serve drives all of them.");
        if (runs.Waiting.FirstOrDefault(run => !run.Paused) is { } oldest)
            yield return Advice("run.waiting", Invariant($"{runs.Waiting.Count(run => !run.Paused)} runs wait to be begun, the oldest, {oldest.Id}, for {Age(now - oldest.CreatedAt)}."), "A server begins them as it gets to them (serve --runs N says how many at once); else: fanout resume RUN.");
    }

    private static string Age(TimeSpan age) => age.TotalHours < 1 ? Invariant($"{Math.Max(0, age.TotalMinutes):0} min")
        : age.TotalDays < 2 ? Invariant($"{age.TotalHours:0} h")
        : Invariant($"{age.TotalDays:0} days");

    private static string Mebibytes(long bytes) => Invariant($"{bytes / 1048576.0:N0} MiB");

    private static Finding Problem(string name, string message, string remedy) => new(FindingLevel.Problem, name, message, remedy);

    private static Finding Advice(string name, string message, string remedy) => new(FindingLevel.Advice, name, message, remedy);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
