using System.Security.Cryptography;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Uploads;

/// <summary>Files that were sent to be worked, under names made here, in the home's directory <c>uploads</c>.</summary>
/// <param name="directory">The home's directory.</param>
internal sealed class UploadStore(string directory)
{
    private const int NameBytes = 12;
    private const string Unfinished = ".part";
    private const string Compressed = ".gz";

    private static readonly string[] Extensions = [".jsonl", ".ndjson", ".csv", ".json", ".txt", ".lines"];

    private readonly string _uploads = Path.Combine(directory, ServerOptions.UploadDirectoryName);

    /// <summary>What names end in that can be sent.</summary>
    public static string Known => string.Join(", ", Extensions);

    /// <summary>The ending of a name, as the new one gets it; null: it is not known.</summary>
    public static string? ExtensionOf(string name)
    {
        var isCompressed = name.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase);
        var extension = Path.GetExtension(isCompressed ? name[..^Compressed.Length] : name).ToLowerInvariant();
        return Extensions.Contains(extension) ? isCompressed ? extension + Compressed : extension : null;
    }

    /// <summary>Takes a file as it comes; one that breaks off is not kept.</summary>
    /// <returns>What a spec names it, and its size.</returns>
    public async Task<Upload> TakeAsync(Stream content, string extension, CancellationToken cancellationToken)
    {
        const int BufferBytes = 128 << 10;
        Directory.CreateDirectory(_uploads);
        var name = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes))}{extension}";
        var path = Path.Combine(_uploads, name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            long bytes;
            await using (var file = new FileStream(path + Unfinished, options))
            {
                await content.CopyToAsync(file, BufferBytes, cancellationToken).ConfigureAwait(false);
                bytes = file.Length;
            }

            File.Move(path + Unfinished, path);
            return new Upload($"{ServerOptions.UploadDirectoryName}/{name}", bytes);
        }
        catch (Exception failure)
        {
            File.Delete(path + Unfinished);
            if (failure is IOException and not (BadHttpRequestException or Microsoft.AspNetCore.Connections.ConnectionResetException) && !cancellationToken.IsCancellationRequested)
                throw new StorageException($"The file cannot be kept now: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>Removes files that are older, unless they are needed.</summary>
    /// <param name="before">When those that are kept were sent.</param>
    /// <param name="needed">Full paths of files that are needed.</param>
    public void RemoveOld(DateTimeOffset before, IReadOnlySet<string> needed)
    {
        if (!Directory.Exists(_uploads))
            return;
        foreach (var file in new DirectoryInfo(_uploads).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before && !needed.Contains(file.FullName))
                file.Delete();
        }
    }
}

/// <summary>A file that was sent.</summary>
/// <param name="Path">What a spec names as its source's path.</param>
/// <param name="Bytes">Its size.</param>
public sealed record Upload(string Path, long Bytes);
