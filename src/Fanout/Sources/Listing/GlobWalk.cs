namespace Fanout.Sources;

/// <summary>Finds the files that match globs, looking only into directories that may hold one.</summary>
/// <param name="root">Where relative globs start.</param>
/// <param name="links">Where links may lead that wildcards match; null: anywhere.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class GlobWalk(string root, DirectoryRoots? links, CancellationToken cancellationToken)
{
    // A directory that may not be read must be an error: skipping it would lose items without a word.
    private static readonly EnumerationOptions Options = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    };

    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Paths that match an include and no exclude, in ordinal order: absolute for absolute globs, else relative to the root.</summary>
    /// <exception cref="SourceException">A directory may not be read.</exception>
    public IReadOnlyCollection<string> Find(IReadOnlyList<Glob> includes, IReadOnlyList<Glob> excludes)
    {
        foreach (var include in includes)
            Walk(include, include.Root, 0);
        if (excludes.Count > 0)
            _paths.RemoveWhere(path => excludes.Any(e => e.Matches(Full(path), root)));
        return _paths;
    }

    private void Walk(Glob glob, string directory, int at)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var segment = glob.Segments[at];
        var last = at == glob.Segments.Count - 1;
        if (Glob.IsAnyDepth(segment))
            WalkAnyDepth(glob, directory, at);
        else if (last)
            AddFiles(glob, directory, segment);
        else if (!Glob.IsWild(segment))
            WalkInto(glob, Path.Join(directory, segment), at + 1);
        else
            WalkMatching(glob, directory, at);
    }

    private void WalkAnyDepth(Glob glob, string directory, int at)
    {
        Walk(glob, directory, at + 1);
        foreach (var child in Directories(directory))
        {
            // A link to a directory above would never end; one that is named in the pattern is followed.
            if (child.LinkTarget is null)
                Walk(glob, Path.Join(directory, child.Name), at);
        }
    }

    private void WalkMatching(Glob glob, string directory, int at)
    {
        foreach (var child in Directories(directory))
        {
            if (Glob.MatchesName(glob.Segments[at], child.Name) && MayFollow(glob, child))
                Walk(glob, Path.Join(directory, child.Name), at + 1);
        }
    }

    private void WalkInto(Glob glob, string directory, int at)
    {
        if (Directory.Exists(Full(directory)))
            Walk(glob, directory, at);
    }

    private void AddFiles(Glob glob, string directory, string segment)
    {
        if (Glob.IsWild(segment))
        {
            foreach (var name in Entries(directory, d => d.EnumerateFiles("*", Options)).Where(f => Glob.MatchesName(segment, f.Name) && MayFollow(glob, f)))
                _paths.Add(Path.Join(directory, name.Name));
        }
        else if (new FileInfo(Full(Path.Join(directory, segment))) is { Exists: true } file && MayFollow(glob, file))
        {
            _paths.Add(Path.Join(directory, segment));
        }
    }

    // Leaving it out would lose an item without a word.
    private bool MayFollow(Glob glob, FileSystemInfo entry)
    {
        if (links is null || entry.LinkTarget is null)
            return true;
        var prefix = glob.FixedPrefix(root);
        return DirectoryRoots.Resolve(entry.FullName) is { } real && (DirectoryRoots.IsBelow(real, prefix) || links.Contains(real))
            ? true
            : throw new SourceException($"'{entry.FullName}' is a link that leads out of '{prefix}', which is not followed here. Leave it out with a pattern that begins with '!' if it is not meant, or have the server allow where it leads.");
    }

    private List<DirectoryInfo> Directories(string directory) => Entries(directory, d => d.EnumerateDirectories("*", Options));

    private List<T> Entries<T>(string directory, Func<DirectoryInfo, IEnumerable<T>> enumerate)
    {
        var full = Full(directory);
        try
        {
            return [.. enumerate(new DirectoryInfo(full))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SourceException($"The directory '{full}' cannot be listed: {e.Message} Grant read permission, or leave it out of the patterns.", e);
        }
    }

    private string Full(string path) => Path.GetFullPath(path, root);
}
