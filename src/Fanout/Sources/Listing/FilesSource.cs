using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fanout.Sources;

/// <summary>Files that match globs. They are listed once, when the run is planned, into its workspace: files that come or go later change nothing.</summary>
/// <remarks>Listing holds the matching paths in memory (about 200 bytes each) to put them in order; reading does not.</remarks>
internal sealed class FilesSource(FilesSourceSpec spec, ScanSettings settings) : ISource
{
    private const string Name = "the list of files";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
    public async ValueTask<SourcePlan> PlanAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken);
        await workspace.WriteAsync(WorkspaceFiles.Listing, stream => WriteListingAsync(stream, cancellationToken));
        using var text = OpenListing(workspace, null);
        var scanner = new RecordScanner<JsonlFormat>(text, new Place(0, Line: 1), new JsonlFormat(Name), settings);
        var count = await RecordRange.PlanAsync(scanner, settings, workspace, cancellationToken);
        return new SourcePlan(count, new ContentStamp(WorkspaceFiles.Listing, text.Length, null).ToString());
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(SourcePlan plan, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OpenListing(workspace, plan).Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IItemReader> OpenAsync(SourcePlan plan, ISourceWorkspace workspace, long start, long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ItemRange.Check(plan, start, end);
        if (start == end)
            return ValueTask.FromResult<IItemReader>(EmptyReader.Instance);
        var text = OpenListing(workspace, plan);
        try
        {
            return ValueTask.FromResult(RecordRange.Open(text, new JsonlFormat(Name), settings, workspace, (start, end)));
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    private static bool IsExclude(string pattern) => pattern.StartsWith('!');

    private static RecordText OpenListing(ISourceWorkspace workspace, SourcePlan? plan)
    {
        var stream = workspace.Open(WorkspaceFiles.Listing, Name);
        var length = stream.Length;
        var planned = plan is null ? length : ContentStamp.Parse(plan.Fingerprint, Name).Length;
        if (length == planned)
            return new RecordText(Name, stream, length);
        stream.Dispose();
        throw new SourceException($"The run's copy of {Name} had {planned} bytes and has {length}. Restore it, or start a new run.");
    }

    private string Root() => Path.GetFullPath(spec.Root ?? Environment.CurrentDirectory);

    private async ValueTask WriteListingAsync(Stream stream, CancellationToken cancellationToken)
    {
        var root = Root();
        var globs = spec.Patterns.ToLookup(IsExclude, p => new Glob(IsExclude(p) ? p[1..] : p));
        var paths = new GlobWalk(root, cancellationToken).Find([.. globs[false]], [.. globs[true]]);
        if (paths.Count == 0)
            throw new SourceException($"No file under '{root}' matches {string.Join(", ", spec.Patterns)}. Correct the patterns or their root.");
        var absolute = root != Path.GetFullPath(Environment.CurrentDirectory);
        await using var json = new Utf8JsonWriter(stream, Json);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = new FileInfo(Path.GetFullPath(path, root));
            if (!file.Exists)
                continue; // gone since it was found
            Write(json, absolute ? file.FullName : path, file);
            await json.FlushAsync(cancellationToken);
            stream.WriteByte((byte)'\n');
            json.Reset();
        }
    }

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
