namespace Fanout.Results;

/// <summary>Files that nobody else sees and that are gone when they are closed.</summary>
internal static class Scratch
{
    /// <exception cref="StorageException">The directory is full or not writable.</exception>
    public static Stream Open(string directory)
    {
        var path = Path.Combine(directory, $"sorting-{Path.GetRandomFileName()}.tmp");
        return StorageFailure.Guard("create", path, () => new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose));
    }
}
