using System.Runtime.CompilerServices;
using Fanout.Storage;

namespace Fanout.Results;

/// <summary>Results in a directory: <c>&lt;root&gt;/&lt;run&gt;/part-*.jsonl</c>, and documents as files beside them. Safe for use by many threads and processes.</summary>
public sealed class FileResultStore : IResultStore
{
    private const string PartSuffix = ".jsonl";
    private const string TemporarySuffix = ".tmp";

    // Folders of documents that every run comes to have.
    private static readonly string[] Folders = ["branches", "lanes"];

    private readonly string _root;
    private long _temporaries;

    /// <summary>A store in a directory, which is created with the first thing written.</summary>
    /// <param name="root">The directory.</param>
    public FileResultStore(string root) => _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = StorePath.Resolve(_root, runId, name);
        return ValueTask.FromResult<IPartWriter>(StorageFailure.Guard("create", path, () =>
        {
            MakeRoom(runId, Path.GetDirectoryName(path)!);
            return new FilePartWriter(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        }));
    }

    /// <inheritdoc/>
    public ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = StorePath.Resolve(_root, runId, name);
        // Readers bring their own buffers; writers and a purge must not be kept out.
        return ValueTask.FromResult<Stream>(StorageFailure.Guard("open", path, () =>
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)));
    }

    /// <inheritdoc/>
    public async ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = StorePath.Resolve(_root, runId, name);
        await Task.Run(() => StorageFailure.Guard("write", path, () => WriteDocument(runId, path, content.Span, overwrite: true)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = StorePath.Resolve(_root, runId, name);
        return await Task.Run(() => StorageFailure.Guard("write", path, () => WriteDocument(runId, path, content.Span, overwrite: false)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken)
    {
        var path = StorePath.Resolve(_root, runId, name);
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (StorageFailure.IsStorage(failure))
        {
            throw StorageFailure.Explain("read", path, failure);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListDocumentsAsync(
        string runId, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = StorePath.Resolve(_root, runId);
        var names = await Task.Run(() => StorageFailure.Guard("list", run, () => ListDocuments(run, prefix)), cancellationToken).ConfigureAwait(false);
        foreach (var name in names)
            yield return name;
    }

    /// <inheritdoc/>
    public ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = StorePath.Resolve(_root, runId, name);
        StorageFailure.Guard("delete", path, () =>
        {
            if (File.Exists(path))
                File.Delete(path);
        });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken)
    {
        var run = StorePath.Resolve(_root, runId);
        await Task.Run(
            () => StorageFailure.Guard("delete", run, () =>
            {
                if (Directory.Exists(run))
                    Directory.Delete(run, recursive: true);
            }),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Beside the results: where they had room, what is as large as they are has it rather than among temporary files.</remarks>
    public Stream OpenScratch(string runId) => Scratch.Open(StorePath.Resolve(_root, runId));

    /// <inheritdoc/>
    public bool WritesAreFree => true;

    /// <inheritdoc/>
    public string Locate(string runId) => StorePath.Resolve(_root, runId);

    private static List<string> ListDocuments(string run, string prefix)
    {
        // Parts can be many: only the folder that can hold such documents is looked through.
        var folder = Path.Combine(run, Path.GetDirectoryName(prefix) ?? "");
        if (!Directory.Exists(folder))
            return [];
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(run, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)
                && !name.EndsWith(PartSuffix, StringComparison.Ordinal)
                && !name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            .ToList();
    }

    // A run's folders come along with its directory: what is written there first, and makes its own name durable, does so for theirs.
    private void MakeRoom(string runId, string directory)
    {
        var run = StorePath.Resolve(_root, runId);
        if (!Directory.Exists(run))
        {
            DurableDirectory.Create(run);
            foreach (var folder in Folders)
                Directory.CreateDirectory(Path.Combine(run, folder));
            if (directory != run)
                DurableDirectory.Sync(run);
        }

        DurableDirectory.Create(directory);
    }

    /// <summary>Readers see the old content or the new, never a part of it, also after a loss of power: the new file is on disk before it takes the name.</summary>
    /// <returns>False: it was not to be overwritten, and there is one.</returns>
    private bool WriteDocument(string runId, string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var directory = Path.GetDirectoryName(path)!;
        MakeRoom(runId, directory);
        // Two processes may write the same document while a lease changes hands; each needs a file of its own.
        var temporary = $"{path}.{Environment.ProcessId}-{Interlocked.Increment(ref _temporaries)}{TemporarySuffix}";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }

            if (overwrite)
            {
                File.Move(temporary, path, overwrite: true);
            }
            else if (!UnusedName.TryGive(temporary, path))
            {
                File.Delete(temporary);
                return false;
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        DurableDirectory.Sync(directory);
        return true;
    }
}
