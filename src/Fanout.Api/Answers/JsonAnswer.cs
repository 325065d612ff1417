using System.Security.Cryptography;
using System.Text.Json;
using Fanout.Serialization;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Answers;

/// <summary>An answer in JSON, with an ETag if it has one: who has that already is told so.</summary>
/// <param name="Value">The body; null: none.</param>
/// <param name="Status">The HTTP status.</param>
internal sealed record JsonAnswer(object? Value, int Status = StatusCodes.Status200OK) : IResult
{
    /// <summary>Where what was made is found; null: nothing was.</summary>
    public string? Location { get; init; }

    /// <summary>What the ETag begins with; null: the answer has none.</summary>
    public string? Version { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Location is not null)
            response.Headers.Location = Location;
        if (Value is null)
            return;
        var json = JsonSerializer.SerializeToUtf8Bytes(Value, Value.GetType(), FanoutJson.Options);
        if (Version is not null)
        {
            var tag = $"\"{EntityTag(Version, json)}\"";
            response.Headers.ETag = tag;
            response.Headers.CacheControl = "no-cache";
            if (httpContext.Request.Headers.IfNoneMatch.Contains(tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, httpContext.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>What names a state of something: its version, by which changes are compared, and what its JSON hashes to.</summary>
    public static string EntityTag(string version, ReadOnlySpan<byte> json)
    {
        const int HashBytes = 8;
        return $"{version}-{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, HashBytes))}";
    }
}
