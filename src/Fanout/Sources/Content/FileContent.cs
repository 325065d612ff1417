namespace Fanout.Sources;

/// <summary>
/// The text behind a path: a file as it stands; or a copy in the workspace, of standard input and other pipes (they can be read only once)
/// and of what gzip decompresses to (it cannot be read from its middle).
/// </summary>
/// <remarks>Once there is a copy only the copy is read, so a later change of the original .gz file changes nothing and is not refused.</remarks>
internal sealed class FileContent(string path, Func<Stream> standardInput) : IContent
{
    private const string StandardInput = "-";

    private bool IsStandardInput => path == StandardInput;

    /// <inheritdoc/>
    public string Name => IsStandardInput ? "standard input" : $"'{path}'";

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <summary>True: what a path names is decompressed.</summary>
    public static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        if (!IsStandardInput)
            OpenFile().Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ContentStamp?> FindAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsStandardInput || IsGzip(path))
            return ValueTask.FromResult<ContentStamp?>(null);
        using var file = OpenFile();
        return ValueTask.FromResult(file.CanSeek ? InPlace(FileStamp.Of(file)) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<ContentStamp> PrepareAsync(ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var spool = new Spool(Name, workspace);
        if (IsStandardInput)
            return await PreparePipeAsync(spool, standardInput, workspace, cancellationToken);

        await using var file = OpenFile();
        if (!file.CanSeek)
            return await PreparePipeAsync(spool, () => file, workspace, cancellationToken);
        var stamp = FileStamp.Of(file);
        if (!IsGzip(path))
            return InPlace(stamp);
        file.Position = 0;
        return new ContentStamp(
            WorkspaceFiles.Decompressed, await spool.DecompressAsync(file, cancellationToken), stamp);
    }

    /// <inheritdoc/>
    public RecordText Open(ContentStamp stamp, ISourceWorkspace workspace)
    {
        if (stamp.Copy is not null)
            return stamp.OpenCopy(Name, workspace);
        var file = OpenFile();
        if (stamp.File?.DifferenceAtAGlance(file) is not { } difference)
            return new RecordText(Name, file, stamp.Length);
        file.Dispose();
        throw Changed(difference);
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(ContentStamp stamp, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        if (stamp.Copy is not null)
        {
            stamp.OpenCopy(Name, workspace).Dispose();
            return ValueTask.CompletedTask;
        }

        using var file = OpenFile();
        return stamp.File?.Difference(file) is { } difference ? throw Changed(difference) : ValueTask.CompletedTask;
    }

    private static ContentStamp InPlace(FileStamp stamp) => new(null, stamp.Size, stamp);

    private static async ValueTask<ContentStamp> PreparePipeAsync(
        Spool spool, Func<Stream> open, ISourceWorkspace workspace, CancellationToken cancellationToken)
    {
        var length = await spool.CopyOnceAsync(open, cancellationToken);
        await using var copy = workspace.OpenRead(WorkspaceFiles.Input);
        var head = new byte[2];
        var isCompressed = await copy.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) == head.Length && TextHead.IsGzip(head);
        if (!isCompressed)
            return new ContentStamp(WorkspaceFiles.Input, length, null);
        copy.Position = 0;
        return new ContentStamp(WorkspaceFiles.Decompressed, await spool.DecompressAsync(copy, cancellationToken), null);
    }

    private FileStream OpenFile()
    {
        if (path.Length == 0)
            throw new SourceException("The source's path is empty. Name a file, or - for standard input.");
        if (Directory.Exists(path))
            throw new SourceException($"{Name} is a directory. Name a file in it, or use a files source to run over its files.");
        try
        {
            // Others may go on writing: what they change is noticed, and a source must not stop whoever owns the file.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SourceException($"There is no file {Name} (looked for {Path.GetFullPath(path)}). Correct the path, or put the file there.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SourceException($"{Name} may not be read by this user. Grant read permission, or run as a user that has it.", e);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new SourceException($"{Name} cannot be opened: {e.Message}", e);
        }
    }

    private SourceException Changed(string difference) =>
        new($"{Name} changed since the run was planned: {difference}. Restore the file as it was, or start a new run.");
}
