using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fanout.Sources;

/// <summary>Files that match globs, in ordinal order of path.</summary>
/// <remarks>Listing holds the matching paths in memory (about 200 bytes each) to put them in order; reading does not.</remarks>
/// <param name="spec">Which.</param>
/// <param name="links">Where links may lead that wildcards match; null: anywhere.</param>
internal sealed class FileListing(FilesSourceSpec spec, DirectoryRoots? links = null) : IItemListing
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Name => "the list of files";

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!spec.Patterns.Any(p => !IsExclude(p)))
            throw new SourceException("A files source needs a pattern that does not begin with '!'. Add one, such as '**/*.json'.");
        if (spec.Patterns.Any(p => p is "" or "!"))
            throw new SourceException("A pattern of the files source is empty. Remove it, or name files.");
        if (!Directory.Exists(Root()))
            throw new SourceException($"There is no directory '{Root()}' for the files source to start from. Correct its root.");
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream lines, CancellationToken cancellationToken)
    {
        var root = Root();
        var globs = spec.Patterns.ToLookup(IsExclude, p => new Glob(IsExclude(p) ? p[1..] : p));
        var paths = new GlobWalk(root, links, cancellationToken).Find([.. globs[false]], [.. globs[true]]);
        if (paths.Count == 0)
            throw new SourceException($"No file under '{root}' matches {string.Join(", ", spec.Patterns)}. Correct the patterns or their root.");
        var absolute = root != Path.GetFullPath(Environment.CurrentDirectory);
        await using var json = new Utf8JsonWriter(lines, Json);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = new FileInfo(Path.GetFullPath(path, root));
            if (!file.Exists)
                continue; // gone since it was found
            Write(json, absolute ? file.FullName : path, file);
            await json.FlushAsync(cancellationToken);
            lines.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    private static bool IsExclude(string pattern) => pattern.StartsWith('!');

    private string Root() => Path.GetFullPath(spec.Root ?? Environment.CurrentDirectory);

    private static void Write(Utf8JsonWriter json, string path, FileInfo file)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteString("name", file.Name);
        json.WriteNumber("size", file.Length);
        json.WriteString("modified", file.LastWriteTimeUtc);
        json.WriteEndObject();
    }
}
