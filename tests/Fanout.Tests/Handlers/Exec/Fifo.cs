using System.Diagnostics;

namespace Fanout.Tests.Handlers.Exec;

/// <summary>A named pipe: reading it ends when the last process that holds its other end has, which no other signal tells as surely.</summary>
internal sealed class Fifo : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-test-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "fifo");

    public static async Task<Fifo> CreateAsync()
    {
        var fifo = new Fifo();
        using var process = Process.Start("mkfifo", [fifo.Path]);
        await process.WaitForExitAsync();
        return fifo;
    }

    /// <summary>Waits until the other end is open too.</summary>
    public Task<FileStream> OpenAsync(FileAccess access) =>
        Task.Run(() => new FileStream(Path, FileMode.Open, access, FileShare.ReadWrite, bufferSize: 1));

    public void Dispose() => _directory.Delete(recursive: true);
}
