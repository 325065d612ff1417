using System.IO.Enumeration;

namespace Fanout.Sources;

/// <summary>One pattern: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of directories, a trailing <c>/</c> for all below.</summary>
internal sealed class Glob
{
    private static readonly char[] Separators = OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'];

    private readonly string[] _segments;

    public Glob(string pattern)
    {
        IsRooted = Path.IsPathRooted(pattern);
        var root = IsRooted ? Path.GetPathRoot(pattern)! : "";
        var segments = pattern[root.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToList();
        if (segments.Count == 0 || segments[^1] == "**" || Separators.Contains(pattern[^1]))
            segments.AddRange(segments is [.., "**"] ? ["*"] : ["**", "*"]);
        _segments = [.. segments];
        Root = root;
    }

    /// <summary>True: the pattern is absolute.</summary>
    public bool IsRooted { get; }

    /// <summary>The root of an absolute pattern; else empty.</summary>
    public string Root { get; }

    /// <summary>Names and wildcards, in order.</summary>
    public IReadOnlyList<string> Segments => _segments;

    /// <summary>The directory that everything it matches is in: what stands before the first wildcard, and before the file's name.</summary>
    public string FixedPrefix(string root) => Path.GetFullPath(
        Path.Join(Root, string.Join(Path.DirectorySeparatorChar, _segments.TakeWhile((segment, at) => !IsWild(segment) && at < _segments.Length - 1))), root);

    /// <summary>True when a segment stands for any number of directories.</summary>
    public static bool IsAnyDepth(string segment) => segment == "**";

    /// <summary>True when a segment stands for more than itself.</summary>
    public static bool IsWild(string segment) => segment.AsSpan().ContainsAny('*', '?');

    /// <summary>True when a name matches one segment. Case matters where file names are told apart by it.</summary>
    public static bool MatchesName(string segment, ReadOnlySpan<char> name) =>
        FileSystemName.MatchesSimpleExpression(Literal(segment), name, ignoreCase: OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());

    /// <summary>True when a path matches. A pattern that is not absolute is matched from <paramref name="root"/>, unless it begins with <c>**</c>.</summary>
    public bool Matches(string fullPath, string root)
    {
        var path = fullPath[Path.GetPathRoot(fullPath)!.Length..].Split(Separators);
        if (IsRooted || IsAnyDepth(_segments[0]))
            return Matches(_segments, path);
        var from = root[Path.GetPathRoot(root)!.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        var segments = _segments.AsSpan();
        var depth = from.Length;
        for (; segments.Length > 0 && segments[0] == ".." && depth > 0; depth--)
            segments = segments[1..];
        return path.Length >= depth && path.AsSpan(0, depth).SequenceEqual(from.AsSpan(0, depth)) && Matches(segments, path.AsSpan(depth));
    }

    private static bool Matches(ReadOnlySpan<string> segments, ReadOnlySpan<string> path)
    {
        if (segments.IsEmpty)
            return path.IsEmpty;
        if (!IsAnyDepth(segments[0]))
            return !path.IsEmpty && MatchesName(segments[0], path[0]) && Matches(segments[1..], path[1..]);
        for (var skipped = 0; skipped <= path.Length; skipped++)
        {
            if (Matches(segments[1..], path[skipped..]))
                return true;
        }

        return false;
    }

    // A backslash is an ordinary character of a file name on Unix, but an escape to the matcher.
    private static string Literal(string segment) => segment.Replace("\\", "\\\\", StringComparison.Ordinal);
}
