using System.Buffers;

namespace Fanout.Azure;

/// <summary>Names of a run's blobs: <c>results/RUN/NAME</c>, <c>sources/RUN/NAME</c>. None leaves its run's folder, whatever it holds.</summary>
internal static class BlobName
{
    /// <summary>Where parts and documents are.</summary>
    public const string Results = "results";

    /// <summary>Where workspaces are.</summary>
    public const string Sources = "sources";

    // Those a directory on any system refuses, so that a hub can be copied to a disk.
    private static readonly SearchValues<char> Refused = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>What all of a run's blobs begin with; it ends with a slash, so that run 1 is not the beginning of run 10.</summary>
    /// <exception cref="ArgumentException">The run's id cannot name a folder.</exception>
    public static string Folder(string root, string runId)
    {
        var segment = Check(runId, runId);
        // The service does not tell apart names of which a segment ends with a dot; a run's id may. No id holds a percent sign.
        return segment.EndsWith('.') ? $"{root}/{segment[..^1]}%2E/" : $"{root}/{segment}/";
    }

    /// <summary>A blob of a run.</summary>
    /// <param name="root"><see cref="Results"/> or <see cref="Sources"/>.</param>
    /// <param name="runId">The run.</param>
    /// <param name="name">Segments separated by slashes.</param>
    /// <exception cref="ArgumentException">The run's id or the name cannot name a blob.</exception>
    public static string Of(string root, string runId, string name)
    {
        foreach (var segment in name.Split('/'))
            Check(segment, name);
        return Folder(root, runId) + name;
    }

    private static string Check(string segment, string whole)
    {
        var legal = segment.Length is > 0 and <= 255
            && segment is not ("." or "..")
            && !segment.AsSpan().ContainsAny(Refused)
            && !segment.Any(char.IsControl);
        return legal ? segment : throw new ArgumentException($"'{whole}' cannot name a blob of a run.", nameof(whole));
    }
}
