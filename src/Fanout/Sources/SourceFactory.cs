namespace Fanout.Sources;

/// <summary>Makes sources from their specs.</summary>
/// <param name="registry">Where custom sources are registered.</param>
/// <param name="services">What they are made with.</param>
/// <param name="standardInput">Opens standard input; called only when a source reads it, and the stream is then disposed of.</param>
/// <param name="redrive">Makes the source of an earlier run's items.</param>
public sealed class SourceFactory(
    FanoutRegistry registry, IServiceProvider services, Func<Stream> standardInput, Func<RedriveSourceSpec, ISource> redrive)
{
    /// <summary>Block and index sizes; tests make them small.</summary>
    internal ScanSettings Settings { get; init; } = new();

    /// <summary>The storage account whose blobs can be sources; null: there is none, and sources in blobs are refused.</summary>
    public IRemoteSources? Remote { get; init; }

    /// <summary>The source a spec asks for. Nothing is opened yet.</summary>
    /// <exception cref="SourceException">No custom source is registered under the spec's name; or it is in blobs, and there is no storage account.</exception>
    public ISource Create(SourceSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var settings = Settings with { MaxItemBytes = spec.MaxItemBytes };
        return spec switch
        {
            LinesSourceSpec lines => new LinesSource(Content(lines), settings),
            JsonlSourceSpec jsonl => new JsonlSource(Content(jsonl), settings),
            JsonSourceSpec json => new JsonArraySource(Content(json), settings),
            CsvSourceSpec csv => new CsvSource(Content(csv), csv, settings),
            RangeSourceSpec range => new RangeSource(range),
            InlineSourceSpec inline => new InlineSource(inline),
            FilesSourceSpec files => new ListingSource(new FileListing(files, (DirectoryRoots?)services.GetService(typeof(DirectoryRoots))), settings),
            BlobsSourceSpec blobs => new ListingSource(Account($"container '{blobs.Container}'").OpenListing(blobs), settings),
            RedriveSourceSpec earlier => redrive(earlier),
            CustomSourceSpec custom => Custom(custom),
            _ => throw new ArgumentException($"There is no source of kind '{spec.Kind}'.", nameof(spec)),
        };
    }

    private IContent Content(FileSourceSpec spec) => BlobPath.IsUrl(spec.Path)
        ? new RemoteContent(Account($"'{spec.Path}'").OpenText(BlobPath.Parse(spec.Path)), FileContent.IsGzip(spec.Path), Settings.Ranges)
        : new FileContent(spec.Path, standardInput);

    private IRemoteSources Account(string what) => Remote ?? throw new SourceException(
        $"The source, {what}, is in Azure Storage, and no storage account is connected. Connect one with --storage azure:CONNECTION.");

    private ISource Custom(CustomSourceSpec spec)
    {
        if (registry.Sources.TryGetValue(spec.Name, out var make))
            return make(services, spec.Options);
        var known = registry.Sources.Count == 0 ? "none are" : "registered are: " + string.Join(", ", registry.Sources.Keys.Order(StringComparer.Ordinal));
        throw new SourceException($"No source is registered under the name '{spec.Name}' ({known}). Register it with AddSource, or correct the name.");
    }
}
