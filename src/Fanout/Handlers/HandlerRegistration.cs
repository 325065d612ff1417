using System.Text.Json;

namespace Fanout.Handlers;

/// <summary>A handler under its name: how to check its options, and how to make it for a run.</summary>
/// <param name="Name">The name specs use.</param>
/// <param name="Validate">Says what is wrong with the options; pointers are relative to them. Empty: nothing.</param>
/// <param name="Create">Makes the handler for one run in this process, from options that passed <paramref name="Validate"/>.</param>
public sealed record HandlerRegistration(
    string Name,
    Func<JsonElement?, IReadOnlyList<SpecError>> Validate,
    Func<IServiceProvider, JsonElement?, ItemHandler> Create);
