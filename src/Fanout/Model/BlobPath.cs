using System.Text.RegularExpressions;

namespace Fanout;

/// <summary>
/// Which blob a path names: <c>blob://CONTAINER/NAME</c>, of the storage account that is connected, the name as it is; or
/// <c>https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME</c>, of any account, the name percent-encoded as in every URL.
/// </summary>
/// <param name="Account">The account's blob endpoint; null: that of the storage account that is connected.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Name">The blob's name, as it is.</param>
public sealed partial record BlobPath(Uri? Account, string Container, string Name)
{
    /// <summary>What may name a container (https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata).</summary>
    internal const string ContainerPattern = @"^(?:\$(?:root|web|logs)|(?=.{3,63}$)[a-z0-9](?:-?[a-z0-9])*)$";

    /// <summary>A path that names a file, or a blob.</summary>
    internal const string PathPattern =
        $@"^(?:(?!{Scheme})[\s\S]*|blob://{ContainerPart}/[^?]{{1,1024}}|https://[a-z0-9]{{3,24}}\.blob\.[a-z0-9.-]+/{ContainerPart}/[^?#]+)$";

    /// <summary>Longest name of a blob, in characters.</summary>
    internal const int MaxNameLength = 1_024;

    // One letter and a colon is a drive.
    private const string Scheme = "[A-Za-z][A-Za-z0-9+.-]+://";

    private const string ContainerPart = @"(?:\$(?:root|web|logs)|(?=[^/]{3,63}/)[a-z0-9](?:-?[a-z0-9])*)";

    /// <summary>True: the path is a URL, and names no file.</summary>
    public static bool IsUrl(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return UrlStart().IsMatch(path);
    }

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">It names no blob, or has a query; the message does not repeat it, as that may hold a signature.</exception>
    public static BlobPath Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Contains('?', StringComparison.Ordinal))
            throw new FormatException("has a query, and specs are stored: a shared access signature in one could be read by everybody who may read runs.");
        if (!IsUrl(path) || !Path().IsExactly(path))
            throw NoBlob();
        if (path.StartsWith("blob://", StringComparison.Ordinal))
            return Of(null, path["blob://".Length..].Split('/', 2));
        var uri = new Uri(path);
        return Of(new Uri(uri.GetLeftPart(UriPartial.Authority)), [.. uri.AbsolutePath[1..].Split('/', 2).Select(Uri.UnescapeDataString)]);
    }

    /// <summary>The path, as it is shown to a person.</summary>
    public override string ToString() => Account is null ? $"blob://{Container}/{Name}" : $"{Account}{Container}/{Name}";

    // A URL may leave its container by "..", and a name may be shorter than it is written.
    private static BlobPath Of(Uri? account, string[] parts) =>
        parts is [var container, { Length: > 0 and <= MaxNameLength } name] && ContainerName().IsExactly(container)
            ? new BlobPath(account, container, name)
            : throw NoBlob();

    private static FormatException NoBlob() => new(
        "names no blob; allowed are blob://CONTAINER/NAME and https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME, a container's name having 3 to 63 "
        + "lower-case letters, digits and single hyphens.");

    [GeneratedRegex("^" + Scheme, RegexOptions.CultureInvariant)]
    private static partial Regex UrlStart();

    [GeneratedRegex(PathPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex(ContainerPattern, RegexOptions.CultureInvariant)]
    internal static partial Regex ContainerName();
}
