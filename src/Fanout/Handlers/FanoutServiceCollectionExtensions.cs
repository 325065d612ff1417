using Fanout.Results;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Handlers;

/// <summary>Fanout's registrations.</summary>
public static class FanoutServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="FanoutRegistry"/> with the built-in handlers (exec, http, delay, noop) and reducers (count, sum, min, max), and gives what adds to it.
    /// Called again it goes on with the same registry.
    /// </summary>
    public static FanoutBuilder AddFanout(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.FirstOrDefault(service => service.ServiceType == typeof(FanoutRegistry))?.ImplementationInstance is FanoutRegistry known)
            return new(services, known);
        var registry = new FanoutRegistry();
        foreach (var registration in BuiltInHandlers.All)
            registry.Handlers.Add(registration.Name, registration);
        BuiltInReductions.AddTo(registry);
        services.AddSingleton(registry);
        return new(services, registry);
    }
}
