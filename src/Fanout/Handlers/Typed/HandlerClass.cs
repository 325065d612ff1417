using System.Reflection;
using System.Text.Json;
using Fanout.Handlers.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Handlers.Typed;

/// <summary>Makes handlers of a class that implements <see cref="IItemHandler{TItem, TResult}"/>. Reflection happens once, at registration.</summary>
internal static class HandlerClass
{
    /// <exception cref="ArgumentException">The class implements no handler, or more than one.</exception>
    public static HandlerRegistration Register(string name, Type type)
    {
        var contracts = type.GetInterfaces()
            .Where(contract => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IItemHandler<,>))
            .ToList();
        if (contracts is not [var contract] || type.IsAbstract)
            throw new ArgumentException($"{type.Name} cannot be the handler \"{name}\": a handler is a class that implements IItemHandler<TItem, TResult> once, and {Count(type, contracts.Count)}.", nameof(type));
        bool takesOptions = type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(HandlerOptions)));
        var create = typeof(HandlerClass).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod([type, .. contract.GetGenericArguments()])
            .CreateDelegate<Func<IServiceProvider, object[], ItemHandler>>();
        return new(
            name,
            options => takesOptions ? [] : Refuse(name, options),
            (services, options) => create(services, takesOptions ? [new HandlerOptions(options)] : []));
    }

    /// <summary>What is wrong with options for a handler that takes none.</summary>
    public static IReadOnlyList<SpecError> Refuse(string name, JsonElement? options) => new OptionsReader(name, options).Errors;

    private static TypedItemHandler<TItem, TResult> Create<THandler, TItem, TResult>(IServiceProvider services, object[] arguments)
        where THandler : class, IItemHandler<TItem, TResult>
    {
        // A scope a run, so that handlers may use what belongs to one (a DbContext, say).
        var scope = services.GetService<IServiceScopeFactory>()?.CreateScope();
        try
        {
            var handler = ActivatorUtilities.CreateInstance<THandler>(scope?.ServiceProvider ?? services, arguments);
            return new(handler.HandleAsync, new OwnedHandler(handler, scope));
        }
        catch
        {
            scope?.Dispose();
            throw;
        }
    }

    private static string Count(Type type, int contracts) => type.IsAbstract ? "this one is abstract" : $"this one does {contracts} times";

    private sealed class OwnedHandler(object handler, IServiceScope? scope) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await DisposeAsync(handler).ConfigureAwait(false);
            await DisposeAsync(scope).ConfigureAwait(false);
        }

        private static async ValueTask DisposeAsync(object? owned)
        {
            if (owned is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync().ConfigureAwait(false);
            else if (owned is IDisposable disposable)
                disposable.Dispose();
        }
    }
}
