using System.Runtime.InteropServices;
using System.Text;
using Fanout.Doctor;
using Fanout.Embedded.Storage;

namespace Fanout.Embedded.Inspection;

/// <summary>Looks into a home and changes nothing in it, not even what the database's engine would: it works while other processes drive its runs.</summary>
public static class HomeInspection
{
    /// <summary>How long a look at a database's pages may take unless it is told otherwise: 10 s.</summary>
    public static TimeSpan DefaultPatience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Looks.</summary>
    /// <param name="home">The home's directory.</param>
    /// <param name="isNamed">True: somebody named it, so that it is a problem if it is missing.</param>
    /// <param name="patience">How long a look at the pages of each of its databases may take.</param>
    /// <param name="now">What leases are measured by.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static HomeReport Look(string home, bool isNamed, TimeSpan patience, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(home);
        var path = Path.GetFullPath(home);
        var report = new HomeReport { Path = path, Exists = Directory.Exists(path), IsNamed = isNamed };
        if (File.Exists(path))
            return report with { Unusable = "this is a file, and a home is a directory." };
        if (!report.Exists)
            return report;
        try
        {
            return LookInside(report, patience, now, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return report with { Unusable = $"it cannot be looked into: {failure.Message}" };
        }
    }

    private static HomeReport LookInside(HomeReport home, TimeSpan patience, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Throws where the directory cannot be read.
        using (var entries = Directory.EnumerateFileSystemEntries(home.Path).GetEnumerator())
            entries.MoveNext();
        var drive = FindDrive(home.Path);
        var databases = new List<DatabaseReport>();
        RunsReport? runs = null;
        foreach (var file in new[] { SqliteFile.Runs, SqliteFile.Limits }.Where(file => File.Exists(Path.Combine(home.Path, file.Name))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var inspection = new DatabaseInspection(home.Path, file);
            databases.Add(inspection.Look(patience, session => runs = file == SqliteFile.Runs ? RunInspection.Look(session, now) : runs, cancellationToken));
        }

        return home with
        {
            FileSystem = drive?.DriveFormat,
            FreeBytes = drive?.AvailableFreeSpace,
            TotalBytes = drive?.TotalSize,
            Permissions = OperatingSystem.IsWindows() ? null : Letters(new DirectoryInfo(home.Path).UnixFileMode),
            Writable = IsWritable(home.Path) && databases.All(database => IsWritable(Path.Combine(home.Path, database.File))),
            Databases = databases,
            Runs = runs,
        };
    }

    // Of all that the path is below, the deepest.
    private static DriveInfo? FindDrive(string path)
    {
        try
        {
            return DriveInfo.GetDrives()
                .Where(drive => drive.IsReady && IsBelow(path, drive.RootDirectory.FullName))
                .MaxBy(drive => drive.RootDirectory.FullName.Length);
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsBelow(string path, string root) =>
        path == root || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Letters(UnixFileMode mode)
    {
        var text = new StringBuilder();
        for (var bit = 8; bit >= 0; bit--)
            text.Append(((int)mode & (1 << bit)) != 0 ? "xwr"[bit % 3] : '-');
        return text.ToString();
    }

    // Asked, not tried: trying would change it. And the database is not opened for it, as closing a file lets go of every lock that this process has on it.
    private static bool IsWritable(string path)
    {
        const int write = 2;
        if (OperatingSystem.IsWindows())
            return (File.GetAttributes(path) & FileAttributes.ReadOnly) == 0 || Directory.Exists(path);
        return Access(path, write) == 0;
    }

    [DllImport("libc", EntryPoint = "access", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
