using System.Text.Json;
using Fanout.Handlers;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout;

/// <summary>What specs may name: handlers, reducers, custom sources. Filled once at start-up, then only read.</summary>
public sealed class FanoutRegistry
{
    /// <summary>Handlers by name.</summary>
    public Dictionary<string, HandlerRegistration> Handlers { get; } = new(StringComparer.Ordinal);

    /// <summary>Reducers by name.</summary>
    public Dictionary<string, IReduction> Reductions { get; } = new(StringComparer.Ordinal);

    /// <summary>Makers of custom sources by name.</summary>
    public Dictionary<string, Func<IServiceProvider, JsonElement?, ISource>> Sources { get; } = new(StringComparer.Ordinal);
}
