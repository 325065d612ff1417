namespace Fanout.Specs;

/// <summary>Which command-line flag sets which field, so that an error can name what the user typed.</summary>
public static class SpecFlags
{
    private const string Options = "/handler/options/";

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["/id"] = "--id",
        ["/handler/name"] = "--handler",
        ["/source/delimiter"] = "--delimiter",
        ["/source/header"] = "--no-header",
        ["/source/maxItemBytes"] = "--max-item-bytes",
        ["/source/patterns"] = "--files",
        ["/source/container"] = "--blobs",
        ["/source/prefix"] = "--blobs",
        ["/source/start"] = "--range",
        ["/source/end"] = "--range",
        ["/source/items"] = "--items",
        ["/flow/concurrency"] = "--concurrency",
        ["/flow/rate"] = "--rate",
        ["/flow/burst"] = "--burst",
        ["/flow/limits"] = "--limit",
        ["/flow/weight"] = "--weight",
        ["/flow/perKey"] = "--per-key",
        ["/flow/perKey/key"] = "--per-key",
        ["/flow/perKey/concurrency"] = "--per-key-concurrency",
        ["/flow/perKey/rate"] = "--per-key-rate",
        ["/flow/perKey/burst"] = "--per-key-burst",
        ["/flow/perKey/ordered"] = "--ordered",
        ["/flow/cost"] = "--cost",
        ["/flow/adaptive"] = "--adaptive",
        ["/failure/timeout"] = "--timeout",
        ["/failure/retry/maxAttempts"] = "--attempts",
        ["/failure/retry/firstDelay"] = "--first-delay",
        ["/failure/retry/backoff"] = "--backoff",
        ["/failure/retry/maxDelay"] = "--max-delay",
        ["/failure/retry/jitter"] = "--jitter",
        ["/failure/tolerate"] = "--tolerate",
        ["/failure/deadline"] = "--deadline",
        ["/batch/dispatch"] = "--dispatch",
        ["/batch/slice"] = "--slice",
        ["/batch/maxItems"] = "--max-items",
        ["/batch/checkpoint"] = "--checkpoint",
        ["/results/keep"] = "--keep",
        ["/results/reduce"] = "--reduce",
        ["/onComplete/webhook"] = "--on-complete-webhook",
        ["/onComplete/webhook/secretFrom"] = "--on-complete-secret-from",
        ["/onComplete/queue"] = "--on-complete-queue",
    };

    /// <summary>The flags with the fields they set; those of one source kind each (<c>--jsonl</c>) and <c>--set</c> are not among them.</summary>
    public static IReadOnlyDictionary<string, string> ByPointer => Names;

    /// <summary>The flag that sets a field, or the field it is part of (<c>/flow/limits/0</c> is <c>--limit</c>); null: no flag does.</summary>
    /// <param name="pointer">The field as a JSON pointer.</param>
    /// <param name="sourceKind">The kind of the spec's source, which decides whose path it is; null: not known.</param>
    public static string? NameOf(string pointer, string? sourceKind = null)
    {
        ArgumentNullException.ThrowIfNull(pointer);
        if (pointer.StartsWith(Options, StringComparison.Ordinal))
            return "--set " + string.Join('.', JsonPointer.Split(pointer).Skip(2).Select(part => part.Replace(".", "\\.", StringComparison.Ordinal)));
        if (pointer == "/source/path" && sourceKind is not null)
            return "--" + sourceKind;

        for (var prefix = pointer; prefix.Length > 0; prefix = prefix[..prefix.LastIndexOf('/')])
        {
            if (Names.TryGetValue(prefix, out var name))
                return name;
        }

        return null;
    }

    /// <summary>An error in one line that names the flag where there is one: <c>--concurrency: 0 is too small; …</c>.</summary>
    public static string Describe(SpecError error, string? sourceKind = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        return NameOf(error.Pointer, sourceKind) is { } flag ? error.ToString(flag) : error.ToString();
    }
}
