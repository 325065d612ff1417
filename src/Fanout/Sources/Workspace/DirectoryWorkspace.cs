using Fanout.Storage;

namespace Fanout.Sources;

/// <summary>A workspace that is one directory, made when something is first written to it.</summary>
/// <param name="directory">Its path.</param>
/// <remarks>A file is written as <c>name.tmp</c> and renamed when it is published, so a crash leaves either all of it or none.</remarks>
public sealed class DirectoryWorkspace(string directory) : ISourceWorkspace
{
    private const int BufferBytes = 64 * 1024;

    private readonly string _directory = Path.GetFullPath(directory);

    /// <inheritdoc/>
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public Stream Create(string name)
    {
        var path = Temporary(name);
        Directory.CreateDirectory(_directory);
        return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferBytes);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public void Publish(string name)
    {
        var path = Temporary(name);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0))
            file.Flush(flushToDisk: true);
        File.Move(path, Published(name), overwrite: true);
        DurableDirectory.Sync(_directory);
    }

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(Published(name));

    /// <inheritdoc/>
    /// <exception cref="IOException">No file of that name was published.</exception>
    public Stream OpenRead(string name) =>
        new FileStream(Published(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

    private string Temporary(string name) => Published(name) + ".tmp";

    private string Published(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('/', '\\') || name is "." or "..")
            throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));
        return Path.Combine(_directory, name);
    }
}
