using System.Buffers;
using System.Text;
using System.Text.Json;
using Fanout.Handlers;
using Fanout.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fanout.Tests.Handlers;

/// <summary>Calls handlers the way a batch does.</summary>
internal static class Attempts
{
    public static ItemContext OfJson(string json, long index = 0, int attempt = 1) =>
        new("run", new Item(index, Encoding.UTF8.GetBytes(json), IsText: false), attempt, NullLogger.Instance);

    public static ItemContext OfText(string text, long index = 0, int attempt = 1) =>
        new("run", new Item(index, Encoding.UTF8.GetBytes(text), IsText: true), attempt, NullLogger.Instance);

    /// <summary>The result as it would be in the results file; empty: none.</summary>
    public static async Task<string> HandleAsync(this ItemHandler handler, ItemContext context, CancellationToken cancellationToken = default)
    {
        var output = new ArrayBufferWriter<byte>();
        await handler.HandleAsync(context, output, cancellationToken);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>What a failed attempt comes to.</summary>
    public static async Task<(ItemError Error, bool Retryable, TimeSpan? RetryAfter)> FailAsync(this ItemHandler handler, ItemContext context)
    {
        var failed = HandlerErrors.Describe(await Assert.ThrowsAnyAsync<Exception>(() => handler.HandleAsync(context)));
        return (failed.Error, failed.Retryable, failed.RetryAfter);
    }

    /// <summary>Whether a failed attempt says that the downstream asked to slow down.</summary>
    public static async Task<bool> IsThrottledAsync(this ItemHandler handler, ItemContext context) =>
        HandlerErrors.Describe(await Assert.ThrowsAnyAsync<Exception>(() => handler.HandleAsync(context))).Throttled;

    public static JsonElement Json(string json) => JsonElement.Parse(json);
}
