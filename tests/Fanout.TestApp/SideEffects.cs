using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fanout.TestApp;

/// <summary>
/// What this process did to the world: a file of its own in a directory, one line a deed, each handed to the kernel before the deed counts as
/// done, so that it is there however the process ends. Timestamps are those of the machine's monotonic clock, which all processes share.
/// </summary>
internal sealed class SideEffects : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Lock _lock = new();
    private long _offset;

    public SideEffects(string directory)
    {
        Directory.CreateDirectory(directory);
        _file = File.OpenHandle(
            Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.log")),
            FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _offset = RandomAccess.GetLength(_file);
    }

    public void Began(string key) => Write("began", key);

    public void Ended(string key) => Write("ended", key);

    public void Cancelled(string key) => Write("cancelled", key);

    public void Dispose() => _file.Dispose();

    private void Write(string deed, string key)
    {
        lock (_lock)
        {
            var line = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{deed} {key} {TimeProvider.System.GetTimestamp()}\n"));
            RandomAccess.Write(_file, line, _offset);
            _offset += line.Length;
        }
    }
}
