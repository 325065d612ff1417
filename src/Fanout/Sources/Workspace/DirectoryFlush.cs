using System.Runtime.InteropServices;

namespace Fanout.Sources;

/// <summary>Makes a rename survive a loss of power: on Unix the directory has to be flushed as well, for which .NET has no call.</summary>
internal static partial class DirectoryFlush
{
    private const int ReadOnly = 0;

    public static void ToDisk(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            return;
        // Some file systems (network ones) refuse to flush a directory; the rename itself has happened all the same.
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
