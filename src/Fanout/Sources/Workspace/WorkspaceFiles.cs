using System.Globalization;
using Fanout.Results;

namespace Fanout.Sources;

/// <summary>The names sources use in a workspace, and writing and reading them with errors that say what to do.</summary>
internal static class WorkspaceFiles
{
    /// <summary>The sparse index.</summary>
    public const string Index = "index";

    /// <summary>Standard input (or another pipe) as it came.</summary>
    public const string Input = "input";

    /// <summary>Says that <see cref="Input"/> was begun: what was read of a pipe is gone from it.</summary>
    public const string InputStarted = "input.started";

    /// <summary>What a gzip file or pipe decompresses to.</summary>
    public const string Decompressed = "decompressed";

    /// <summary>What a listing listed, one JSON object a line.</summary>
    public const string Listing = "listing";

    /// <summary>What of the index one of several activities found in its part of a text; parts count from 0.</summary>
    public static string IndexPart(int part) => string.Create(CultureInfo.InvariantCulture, $"{Index}.{part:D2}");

    /// <summary>Writes and publishes a file. <paramref name="write"/> turns errors of what it reads from into <see cref="SourceException"/> itself.</summary>
    /// <exception cref="StorageException">The workspace cannot be written to.</exception>
    public static async ValueTask WriteAsync(this ISourceWorkspace workspace, string name, Func<Stream, ValueTask> write)
    {
        try
        {
            await using (var stream = workspace.Create(name))
                await write(stream);
            workspace.Publish(name);
        }
        catch (Exception e) when (StorageFailure.IsStorage(e))
        {
            throw new StorageException($"The run's workspace cannot be written to ('{name}'): {e.Message} Free space or grant access, then resume the run.", e);
        }
    }

    /// <summary>Opens a published file.</summary>
    /// <exception cref="SourceException">It is gone.</exception>
    public static Stream Open(this ISourceWorkspace workspace, string name, string sourceName)
    {
        try
        {
            return workspace.OpenRead(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(
                $"'{name}', which the run wrote when it planned {sourceName}, cannot be read from its workspace: {e.Message} Restore it, or start a new run.", e);
        }
    }
}
