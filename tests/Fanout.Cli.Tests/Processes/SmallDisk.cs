using System.Diagnostics;
using System.Globalization;

namespace Fanout.Cli.Tests.Processes;

/// <summary>
/// A directory with little room: a file system of its own in memory, or, where this process may not mount one, a directory whose files may not
/// grow beyond a limit of the processes that write them.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-disk-");
    private int _kilobytes;

    public SmallDisk(int kilobytes, bool mounted = true)
    {
        _kilobytes = kilobytes;
        IsMounted = mounted && Mount("-t", "tmpfs", "-o", $"size={kilobytes}k", "fanout-test", Path);
    }

    public string Path => _directory.FullName;

    public bool IsMounted { get; }

    /// <summary>What a shell has to do before it starts a process that writes here; null: nothing.</summary>
    public string? Before => IsMounted || _kilobytes == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {_kilobytes * 2}");

    /// <summary>Changes how much room there is; 0: no limit.</summary>
    public void Resize(int kilobytes)
    {
        _kilobytes = kilobytes;
        if (IsMounted && !Mount("-o", $"remount,size={kilobytes}k", Path))
            throw new InvalidOperationException($"{Path} could not be resized.");
    }

    /// <summary>Makes it read-only or writable again. False: this process may not.</summary>
    public bool TrySetReadOnly(bool readOnly) => IsMounted && Mount("-o", readOnly ? "remount,ro" : "remount,rw", Path);

    public void Dispose()
    {
        if (IsMounted)
            Run("umount", Path);
        _directory.Delete(recursive: true);
    }

    private static bool Mount(params string[] args) => OperatingSystem.IsLinux() && Run("mount", args);

    private static bool Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
