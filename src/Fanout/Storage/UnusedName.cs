using System.Runtime.InteropServices;

namespace Fanout.Storage;

/// <summary>Names of files that nothing may have yet. On Unix <see cref="File.Move(string, string)"/> looks whether a name is taken and then renames: of two that look at once both do.</summary>
internal static partial class UnusedName
{
    // EEXIST, on Linux and macOS.
    private const int Exists = 17;

    /// <summary>Gives a file another name, atomically. False: something has it, and the file keeps its own.</summary>
    /// <exception cref="IOException">The name cannot be given.</exception>
    public static bool TryGive(string file, string path)
    {
        if (OperatingSystem.IsWindows())
            return TryMove(file, path);
        if (Link(file, path) == 0)
        {
            File.Delete(file);
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    private static bool TryMove(string file, string path)
    {
        try
        {
            File.Move(file, path);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string file, string path);
}
