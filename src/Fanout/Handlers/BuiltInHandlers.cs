using Fanout.Handlers.Exec;
using Fanout.Handlers.Http;
using Fanout.Handlers.Typed;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Handlers;

/// <summary>What every registry has.</summary>
internal static class BuiltInHandlers
{
    public static IReadOnlyList<HandlerRegistration> All { get; } =
    [
        new("exec", ExecOptionsReader.Validate, static (_, options) => new ExecHandler(ExecOptionsReader.Read(options))),
        new("http", HttpOptionsReader.Validate, static (services, options) => new HttpItemHandler(HttpOptionsReader.Read(options), TimeOf(services), services.GetService<HostRules>())),
        new("delay", DelayHandler.Validate, static (services, options) => DelayHandler.Create(options, TimeOf(services))),
        new("noop", static options => HandlerClass.Refuse("noop", options), static (_, _) => new NoopHandler()),
    ];

    private static TimeProvider TimeOf(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
