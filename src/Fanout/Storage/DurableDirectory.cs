using System.Runtime.InteropServices;

namespace Fanout.Storage;

/// <summary>Directories whose entries survive a loss of power. POSIX makes a file's name durable only by a sync of its directory.</summary>
internal static partial class DurableDirectory
{
    private const int ReadOnly = 0;

    /// <summary>Creates a directory and those above it, each made durable in its parent.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is not { } parent)
            return;
        Create(parent);
        Directory.CreateDirectory(path);
        Sync(parent);
    }

    /// <summary>Makes names in a directory durable. A file system that cannot do it is left alone: it has no stronger promise to give.</summary>
    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
            return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
