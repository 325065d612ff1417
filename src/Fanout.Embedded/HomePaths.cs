using System.Security.Cryptography;

namespace Fanout.Embedded;

/// <summary>Where things are in a home, beside the database.</summary>
/// <param name="home">Its directory.</param>
internal sealed class HomePaths(string home)
{
    public string Results => Path.Combine(home, "results");

    /// <summary>A run's index, listing, or spooled copy of its source.</summary>
    public string Workspace(string runId) => Path.Combine(home, "sources", runId);

    public ValueTask DeleteWorkspaceAsync(string runId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Workspace(runId);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>What tells this home from all others, wherever it is moved to; made when it is first asked for.</summary>
    /// <exception cref="StorageException">It cannot be written or read.</exception>
    public string Identify()
    {
        var path = Path.Combine(home, "id");
        try
        {
            if (!File.Exists(path))
                Make(path);
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The home's identity, '{path}', can be neither read nor made: {failure.Message}", failure);
        }
    }

    // Of two processes that come at the same time one is first, and never with half a file.
    private static void Make(string path)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(draft, RandomNumberGenerator.GetHexString(32, lowercase: true));
        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
