namespace Fanout.Sources;

/// <summary>
/// A text in remote storage: read by range where it stands, each read pinned to the version that was planned; or, of gzip, from a copy in
/// the workspace of what it decompresses to.
/// </summary>
/// <remarks>Once there is a copy only the copy is read, so a later change of the original .gz changes nothing and is not refused.</remarks>
internal sealed class RemoteContent(IRemoteText text, bool isGzip, RangeSettings ranges) : IContent
{
    /// <inheritdoc/>
    public string Name => text.Name;

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public async ValueTask CheckAsync(CancellationToken cancellationToken) => await text.FindAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ContentStamp?> FindAsync(CancellationToken cancellationToken) =>
        isGzip ? null : InPlace(await text.FindAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<ContentStamp> PrepareAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        var version = await text.FindAsync(cancellationToken);
        if (!isGzip)
            return InPlace(version);
        await using var compressed = new RangeStream(text, version, ranges);
        compressed.Expect(version.Size);
        var length = await new Spool(Name, workspace).DecompressAsync(compressed, cancellationToken);
        return new ContentStamp(WorkspaceFiles.Decompressed, length, null) { Remote = version };
    }

    /// <inheritdoc/>
    public RecordText Open(ContentStamp stamp, ISourceWorkspace workspace) => stamp.Copy is not null
        ? stamp.OpenCopy(Name, workspace)
        : new RecordText(Name, new RangeStream(text, Planned(stamp), ranges), stamp.Length);

    /// <inheritdoc/>
    public async ValueTask VerifyAsync(ContentStamp stamp, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        if (stamp.Copy is not null)
        {
            stamp.OpenCopy(Name, workspace).Dispose();
            return;
        }

        var now = await text.FindAsync(cancellationToken);
        if (Planned(stamp).DifferenceTo(now) is { } difference)
            throw new SourceException($"{Name} changed since the run was planned: {difference}. Restore it as it was, or start a new run.");
    }

    private static ContentStamp InPlace(RemoteVersion version) => new(null, version.Size, null) { Remote = version };

    private RemoteVersion Planned(ContentStamp stamp) =>
        stamp.Remote ?? throw new SourceException($"The plan of {Name} was written by another version of Fanout ('{stamp}'). Start a new run.");
}
