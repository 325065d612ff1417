namespace Fanout.Sources;

/// <summary>
/// Directories below which files may be read. A path is judged by where it really is: every symbolic link on the way is followed first. Registered as a
/// service, it also keeps the patterns of sources of files from leading out of the directory they name, except into one of these.
/// </summary>
/// <param name="paths">The directories' full paths; they may be links themselves, and need not exist yet.</param>
public sealed class DirectoryRoots(IReadOnlyList<string> paths)
{
    // As Linux does it.
    private const int MostLinks = 40;

    private static readonly StringComparison Comparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The directories.</summary>
    public IReadOnlyList<string> Paths { get; } = paths;

    /// <summary>True: the path is one of the directories, or below one.</summary>
    /// <param name="path">A path; one that is not full starts from the current directory.</param>
    public bool Contains(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Resolve(path) is { } real && Paths.Any(root => IsBelow(real, root));
    }

    /// <summary>True: the path is a directory, or below it.</summary>
    /// <param name="real">Where the path really is.</param>
    /// <param name="directory">The directory's full path.</param>
    internal static bool IsBelow(string real, string directory)
    {
        if (Resolve(directory) is not { } root)
            return false;
        root = Path.TrimEndingDirectorySeparator(root);
        return real.StartsWith(root, Comparison) && (real.Length == root.Length || Path.EndsInDirectorySeparator(root) || real[root.Length] == Path.DirectorySeparatorChar);
    }

    /// <summary>Where a path really is; null: that cannot be told. What does not exist has no links.</summary>
    internal static string? Resolve(string path)
    {
        try
        {
            return Follow(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Follow(string path)
    {
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        var ahead = new Stack<string>();
        Push(ahead, Path.GetFullPath(path)[real.Length..]);
        for (var links = 0; ahead.TryPop(out var name);)
        {
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Join(real, name);
            if ((Directory.Exists(next) ? (FileSystemInfo)new DirectoryInfo(next) : new FileInfo(next)).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                return null;
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            Push(ahead, target[(Path.GetPathRoot(target)?.Length ?? 0)..]);
        }

        return real;
    }

    private static void Push(Stack<string> ahead, string relative)
    {
        foreach (var name in relative.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse())
        {
            if (name is not ("" or "."))
                ahead.Push(name);
        }
    }
}
