using System.Net.Http.Headers;

namespace Fanout.Handlers.Http;

/// <summary>RFC 9110, section 10.2.3: seconds, or a date.</summary>
internal static class RetryAfter
{
    /// <summary>The longest a server can make an item wait: 24 h.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Null: the server did not say.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.RetryAfter is not { } asked)
            return null;
        var wait = asked.Delta ?? asked.Date - now ?? TimeSpan.Zero;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
