using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Reads sources that are blobs.</summary>
internal static class BlobSourceReader
{
    public static SourceSpec? ReadBlobs(ObjectReader source, SourceReading reading)
    {
        var prefix = source.Find("prefix")?.Text("2026/", BlobPath.MaxNameLength);
        return source.Require("container", "\"images\"") is { } field && ReadContainer(field) is { } container
            ? new BlobsSourceSpec { Container = container, Prefix = prefix }
            : null;
    }

    /// <summary>Checks a path that is a URL. What is refused is not quoted: it may hold a signature, and errors are logged.</summary>
    public static string? ReadUrl(SpecCursor cursor, string url)
    {
        try
        {
            BlobPath.Parse(url);
            return url;
        }
        catch (FormatException refused)
        {
            cursor.Errors.Add(new SpecError(
                cursor.Pointer, null, $"the URL {refused.Message}", "Write one such as \"blob://orders/2026.jsonl\"; an account is read with its own identity or key."));
            return null;
        }
    }

    private static string? ReadContainer(SpecCursor cursor)
    {
        if (cursor.Value.ValueKind == JsonValueKind.String && BlobPath.ContainerName().IsExactly(cursor.Value.GetString()!))
            return cursor.Value.GetString();
        cursor.RefuseForm("a container's name; allowed are 3 to 63 lower-case letters, digits and single hyphens", "Write one such as \"images\".");
        return null;
    }
}
