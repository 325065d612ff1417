using Fanout.Sources;

namespace Fanout.Dispatch;

/// <summary>
/// What requests may ask for. Whoever can write to the queue is not thereby someone who may run commands, or read files, on the machine that starts
/// the runs.
/// </summary>
public sealed record RequestRules
{
    /// <summary>True: requests may use the handler <c>exec</c>, any command of it. Default: false.</summary>
    public bool AllowExec { get; init; }

    /// <summary>True: requests may name files of this machine as their source. Paths with a scheme (<c>https://…</c>) are none of these. Default: false.</summary>
    public bool AllowLocalFiles { get; init; }

    /// <summary>
    /// Full paths of directories: files below them may be named though <see cref="AllowLocalFiles"/> is false. A path is judged by where it really is,
    /// every symbolic link on the way followed. Default: none.
    /// </summary>
    public IReadOnlyList<string> FileRoots { get; init; } = [];

    /// <summary>Handlers that requests may not use. Default: none but <c>exec</c>.</summary>
    public IReadOnlyCollection<string> RefusedHandlers { get; init; } = [];

    /// <summary>True: requests may use the handler.</summary>
    public bool AllowsHandler(string name) => name == "exec" ? AllowExec : !RefusedHandlers.Contains(name);

    /// <summary>What of a spec is not allowed; empty: all is.</summary>
    public IReadOnlyList<SpecError> Check(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var errors = new List<SpecError>();
        var handler = spec.Handler.Name;
        if (handler == "exec" && !AllowExec)
            errors.Add(new SpecError("/handler/name", "\"exec\"", "runs commands, which requests may not do here.", "Use another handler, or have the coordinator allow it."));
        else if (RefusedHandlers.Contains(handler))
            errors.Add(new SpecError("/handler/name", $"\"{handler}\"", "is a handler that requests may not use here.", "Use another handler."));
        CheckSource(spec.Source, errors);
        return errors;
    }

    /// <summary>What of a source is not allowed; empty: all is. Where a redrive's items come from is in the earlier run's spec.</summary>
    public IReadOnlyList<SpecError> CheckSource(SourceSpec source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var errors = new List<SpecError>();
        CheckSource(source, errors);
        return errors;
    }

    private void CheckSource(SourceSpec source, List<SpecError> errors)
    {
        switch (source)
        {
            case FileSourceSpec { Path: "-" }:
                errors.Add(new SpecError("/source/path", "\"-\"", "is the standard input of the process that starts the run, which requests may not read.", "Put the items into a file or into storage."));
                break;
            case FileSourceSpec file when !BlobPath.IsUrl(file.Path) && !MayRead(file.Path):
                errors.Add(Refused("path"));
                break;
            case FilesSourceSpec files when !AllowLocalFiles:
                CheckPatterns(files, errors);
                break;
        }
    }

    private void CheckPatterns(FilesSourceSpec files, List<SpecError> errors)
    {
        var root = Path.GetFullPath(files.Root ?? Environment.CurrentDirectory);
        foreach (var (index, pattern) in files.Patterns.Index().Where(pattern => !pattern.Item.StartsWith('!')))
        {
            var glob = new Glob(pattern);
            if (glob.Segments.Contains(".."))
                errors.Add(new SpecError($"/source/patterns/{index}", null, "leads upwards (..), which patterns of requests may not do.", "Write the path that is meant."));
            else if (!MayRead(glob.FixedPrefix(root)))
                errors.Add(Refused($"patterns/{index}"));
        }
    }

    private bool MayRead(string path) => AllowLocalFiles || new DirectoryRoots(FileRoots).Contains(path);

    private SpecError Refused(string field) => FileRoots.Count == 0
        ? new($"/source/{field}", null, "names files of the machine that starts the run, which requests may not read here.", "Put the items into storage, or have the coordinator allow it.")
        : new($"/source/{field}", null, "names files outside of the directories that requests may read here.", "Send the file as an upload, put the items into storage, or have the server allow the directory.");
}
