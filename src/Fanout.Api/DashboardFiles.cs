using System.Collections.Frozen;
using System.Security.Cryptography;
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

    private const string Prefix = "dashboard/";

    private static readonly FrozenDictionary<string, Lazy<PageFile>> Files = typeof(DashboardFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..].Replace('\\', '/'), name => new Lazy<PageFile>(() => Load(name)), StringComparer.Ordinal);

    /// <summary>Paths of the files, below the page's own.</summary>
    public static IEnumerable<string> Paths => Files.Keys;

    /// <summary>A file of the page; nothing, or the page itself, when the path is empty.</summary>
    /// <param name="path">Its path below the page's, such as <c>app.js</c>.</param>
    public static IResult Answer(string? path) =>
        Files.TryGetValue(string.IsNullOrEmpty(path) ? "index.html" : path, out var file)
            ? file.Value
            : Answers.Problem.Answer(StatusCodes.Status404NotFound, "There is no such file.");

    private static PageFile Load(string resource)
    {
        using var stream = typeof(DashboardFiles).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageFile(content, MediaType(resource), $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
    }

    private static string MediaType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"Nobody said what media type a file {other} of the dashboard has."),
    };

    /// <summary>Sent whole, and kept by the browser as long as it is still the same.</summary>
    private sealed class PageFile(byte[] content, string mediaType, string tag) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var headers = response.Headers;
            headers.CacheControl = "no-cache";
            headers.ETag = tag;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (httpContext.Request.Headers.IfNoneMatch.Contains(tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            response.ContentType = mediaType;
            response.ContentLength = content.Length;
            if (!HttpMethods.IsHead(httpContext.Request.Method))
                await response.Body.WriteAsync(content, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }
}
