using System.Globalization;
using Fanout.Api;
using Fanout.Server.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace Fanout.Server.Answers;

/// <summary>
/// Many who look at the same share what was looked up for one of them up to 50 ms ago, unless something has been changed here since, or a run has been seen to
/// change: who has changed something, or was told of a change, sees it.
/// </summary>
/// <param name="changes">Tells that something has changed.</param>
internal sealed class SharedAnswers(Changes changes) : IOutputCachePolicy
{
    /// <summary>Longest answer that is kept: 64 KiB.</summary>
    public const long LongestBytes = 64 << 10;

    /// <summary>Of all that are kept: 16 MiB.</summary>
    public const long AllBytes = 16 << 20;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMilliseconds(50);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        context.EnableOutputCaching = context.AllowCacheLookup = context.AllowCacheStorage = http.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>() is { MayBeShared: true };
        // Nobody is to wait for a client that is slow to take an answer.
        context.AllowLocking = false;
        context.ResponseExpirationTimeSpan = KeptFor;
        context.CacheVaryByRules.QueryKeys = "*";
        context.CacheVaryByRules.VaryByValues["changes"] = changes.Seen.ToString(CultureInfo.InvariantCulture);
        context.CacheVaryByRules.VaryByValues["caller"] = Caller.Of(http).Name ?? "";
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.AllowCacheStorage &= context.HttpContext.Response.StatusCode == StatusCodes.Status200OK;
        return ValueTask.CompletedTask;
    }
}
