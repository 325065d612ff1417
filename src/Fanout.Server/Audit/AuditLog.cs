using System.Text;
using System.Text.Json;
using Fanout.Serialization;
using Microsoft.Extensions.Logging;

namespace Fanout.Server.Audit;

/// <summary>
/// What was changed through the server, a JSON line each, in the home's file <c>audit.jsonl</c>. A file that has grown to 64 MiB is kept as
/// <c>audit.1.jsonl</c>, the one before as <c>audit.2.jsonl</c>, and so on; the ninth is dropped.
/// </summary>
internal sealed class AuditLog : IDisposable
{
    private const int Kept = 8;

    private readonly string _directory;
    private readonly long _fileBytes;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly FileStream _claim;
    private FileStream _file;
    private volatile bool _hasFailed;

    /// <param name="directory">The home's directory.</param>
    /// <param name="logger">Where it says that it cannot be written.</param>
    /// <param name="fileBytes">When the next file begins.</param>
    /// <exception cref="ServerException">Another server writes it, or it cannot be written.</exception>
    public AuditLog(string directory, ILogger<AuditLog> logger, long fileBytes = 64 << 20)
    {
        _directory = directory;
        _fileBytes = fileBytes;
        _logger = logger;
        try
        {
            Directory.CreateDirectory(directory);
            // Two that write one file would overwrite each other's lines. The claim ends with the process, however that ends.
            _claim = Open(Path.Combine(directory, "audit.lock"), FileMode.OpenOrCreate, FileShare.None);
            _file = Open(PathOf(0), FileMode.Append, FileShare.Read);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerException($"The audit log {PathOf(0)} cannot be written: {failure.Message} Another server over this home may be running: stop it, or ask that one.", failure);
        }
    }

    /// <summary>Tries to write again if the last time failed. False: no change may be made now, as it could not be noted.</summary>
    public async Task<bool> CanWriteAsync(DateTimeOffset now)
    {
        if (_hasFailed)
            await WriteAsync(new AuditEntry(now, "server", null, "", "", null, 0) { Note = "entries were lost before this: the log could not be written" }).ConfigureAwait(false);
        return !_hasFailed;
    }

    /// <summary>Writes an entry to the file; it is there when the process dies, though perhaps not when the machine does.</summary>
    public async Task WriteAsync(AuditEntry entry)
    {
        var line = JsonSerializer.Serialize(entry, FanoutJson.Options) + "\n";
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_file.Length >= _fileBytes)
                Rotate();
            await _file.WriteAsync(Encoding.UTF8.GetBytes(line)).ConfigureAwait(false);
            await _file.FlushAsync().ConfigureAwait(false);
            _hasFailed = false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _hasFailed = true;
            _logger.AuditFailed(failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _claim.Dispose();
        _turn.Dispose();
    }

    private void Rotate()
    {
        _file.Dispose();
        for (var age = Kept - 1; age >= 0; age--)
        {
            if (File.Exists(PathOf(age)))
                File.Move(PathOf(age), PathOf(age + 1), overwrite: true);
        }

        _file = Open(PathOf(0), FileMode.Append, FileShare.Read);
    }

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private string PathOf(int age) => Path.Combine(_directory, age == 0 ? "audit.jsonl" : $"audit.{age}.jsonl");
}

/// <summary>A change that was asked for.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="By">The key's name, or <c>loopback</c>.</param>
/// <param name="From">The address it came from.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path.</param>
/// <param name="Id">The run or limit it was about; null: none.</param>
/// <param name="Status">What it was answered with.</param>
internal sealed record AuditEntry(DateTimeOffset At, string By, string? From, string Method, string Path, string? Id, int Status)
{
    public string? Note { get; init; }
}
