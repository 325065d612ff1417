using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api;

/// <summary>The files of a page, which are resources of an assembly.</summary>
public sealed class PageFiles
{
    private readonly FrozenDictionary<string, Lazy<PageFile>> _files;

    /// <summary>Those of which the resources' names begin with a prefix.</summary>
    public PageFiles(Assembly assembly, string prefix)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(prefix);
        _files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[prefix.Length..].Replace('\\', '/'), name => new Lazy<PageFile>(() => Load(assembly, name)), StringComparer.Ordinal);
    }

    /// <summary>Paths of the files, below the page's own.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>A file of the page; the page itself when the path is empty.</summary>
    /// <param name="path">Its path below the page's, such as <c>app.js</c>.</param>
    public IResult Answer(string? path) =>
        _files.TryGetValue(string.IsNullOrEmpty(path) ? "index.html" : path, out var file)
            ? file.Value
            : Answers.Problem.Answer(StatusCodes.Status404NotFound, "There is no such file.");

    private static PageFile Load(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
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
        var other => throw new InvalidOperationException($"Nobody said what media type a file {other} of a page has."),
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
            headers.ContentSecurityPolicy = DashboardFiles.ContentSecurityPolicy;
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
