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
        if (!AllowLocalFiles && LocalFileOf(spec.Source) is { } field)
            errors.Add(new SpecError($"/source/{field}", null, "names files of the machine that starts the run, which requests may not read here.", "Put the items into storage, or have the coordinator allow it."));
        return errors;
    }

    private static string? LocalFileOf(SourceSpec source) => source switch
    {
        FileSourceSpec file when !file.Path.Contains("://", StringComparison.Ordinal) => "path",
        FilesSourceSpec => "patterns",
        _ => null,
    };
}
