using System.Globalization;
using System.Net;
using System.Text.Json;
using Fanout.Handlers;

namespace Fanout.TestApp;

/// <summary>
/// Tells a sampler, over this process's connection to it, that an item begins and what it counts for, works for some milliseconds, and tells
/// that it ends. An item that is an object with <c>units</c> counts for so many, any other for one.
/// </summary>
internal sealed class SampledHandler(HandlerOptions options) : IItemHandler<JsonElement, int>
{
    private readonly SampledOptions _options = options.Get<SampledOptions>();

    public async ValueTask<int> HandleAsync(JsonElement item, ItemContext context, CancellationToken cancellationToken)
    {
        var sampler = await SamplerConnection.ToAsync(IPEndPoint.Parse(_options.Sampler));
        var units = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("units", out var given) ? given.GetInt32() : 1;
        var name = string.Create(CultureInfo.InvariantCulture, $"{context.RunId} {context.Index}");
        await sampler.SayAsync(string.Create(CultureInfo.InvariantCulture, $"start {name} {units}"));
        try
        {
            if (_options.Work > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(_options.Work), TimeProvider.System, cancellationToken);
        }
        finally
        {
            await sampler.SayAsync($"end {name}");
        }

        return units;
    }

    /// <param name="Sampler">Where it listens, such as <c>127.0.0.1:4711</c>.</param>
    /// <param name="Work">Milliseconds each item takes.</param>
    private sealed record SampledOptions(string Sampler, double Work = 0);
}
