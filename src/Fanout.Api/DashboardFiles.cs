using Microsoft.AspNetCore.Http;

namespace Fanout.Api;

/// <summary>The dashboard's files, which are part of this assembly.</summary>
public static class DashboardFiles
{
    /// <summary>
    /// What the page may do, and what may be done with it: it runs its own scripts and asks its own host, nothing else, and no other page can embed it.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly PageFiles Files = new(typeof(DashboardFiles).Assembly, "dashboard/");

    /// <summary>Paths of the files, below the page's own.</summary>
    public static IEnumerable<string> Paths => Files.Paths;

    /// <summary>A file of the page; nothing, or the page itself, when the path is empty.</summary>
    /// <param name="path">Its path below the page's, such as <c>app.js</c>.</param>
    public static IResult Answer(string? path) => Files.Answer(path);
}
