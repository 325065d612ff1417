using System.Text.Json;
using Fanout.Handlers.Typed;
using Fanout.Results;
using Fanout.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Handlers;

/// <summary>Gives names to what specs may use. Every method throws <see cref="ArgumentException"/> for a name that is empty or taken.</summary>
public sealed class FanoutBuilder
{
    internal FanoutBuilder(IServiceCollection services, FanoutRegistry registry)
    {
        Services = services;
        Registry = registry;
    }

    /// <summary>The services handlers are made from.</summary>
    public IServiceCollection Services { get; }

    /// <summary>What was registered so far.</summary>
    public FanoutRegistry Registry { get; }

    /// <summary>
    /// Adds a class that implements <see cref="IItemHandler{TItem, TResult}"/>. Each run gets an instance in each process, made with what its
    /// constructor asks of the services (in a scope of the run's) and, if it asks, <see cref="HandlerOptions"/>; disposed when the run has ended.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or taken, or the class implements no handler or several.</exception>
    public FanoutBuilder AddHandler<THandler>(string name)
        where THandler : class => AddHandler(HandlerClass.Register(name, typeof(THandler)));

    /// <summary>Adds a handler given as a function.</summary>
    public FanoutBuilder AddHandler<TItem, TResult>(string name, Func<TItem, ItemContext, CancellationToken, ValueTask<TResult>> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return AddHandler(new(name, options => HandlerClass.Refuse(name, options), (_, _) => new TypedItemHandler<TItem, TResult>(handle)));
    }

    /// <summary>Adds a handler given as an asynchronous function.</summary>
    public FanoutBuilder AddHandler<TItem, TResult>(string name, Func<TItem, CancellationToken, Task<TResult>> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return AddHandler<TItem, TResult>(name, (item, _, cancellationToken) => new(handle(item, cancellationToken)));
    }

    /// <summary>Adds a handler given as an asynchronous function without a result.</summary>
    public FanoutBuilder AddHandler<TItem>(string name, Func<TItem, CancellationToken, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return AddHandler<TItem, object?>(name, async (item, _, cancellationToken) =>
        {
            await handle(item, cancellationToken).ConfigureAwait(false);
            return null;
        });
    }

    /// <summary>Adds a handler given as a function that computes and does not wait.</summary>
    /// <exception cref="ArgumentException">The name is empty or taken, or the function gives a task, which nobody would wait for.</exception>
    public FanoutBuilder AddHandler<TItem, TResult>(string name, Func<TItem, TResult> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (typeof(TResult).IsAssignableTo(typeof(Task)) || typeof(TResult).Name is "ValueTask" or "ValueTask`1")
            throw new ArgumentException($"The handler \"{name}\" gives a {TypeName.Of(typeof(TResult))}; add it as a function that takes a CancellationToken too.", nameof(handle));
        return AddHandler<TItem, TResult>(name, (item, _, _) => new(handle(item)));
    }

    /// <summary>Adds a handler with checks and creation of its own.</summary>
    public FanoutBuilder AddHandler(HandlerRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        Add(Registry.Handlers, "handler", registration.Name, registration);
        return this;
    }

    /// <summary>Adds a reducer under a name for <c>results.reduce</c>.</summary>
    /// <typeparam name="TResult">What items' outputs are read as.</typeparam>
    /// <typeparam name="TAccumulate">The state.</typeparam>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public FanoutBuilder AddReducer<TResult, TAccumulate>(string name, IReducer<TResult, TAccumulate> reducer) =>
        AddReduction(new TypedReduction<TResult, TAccumulate>(name, reducer));

    /// <summary>Adds a reducer under its own name.</summary>
    public FanoutBuilder AddReduction(IReduction reduction)
    {
        ArgumentNullException.ThrowIfNull(reduction);
        Add(Registry.Reductions, "reducer", reduction.Name, reduction);
        return this;
    }

    /// <summary>Adds a custom source: <paramref name="create"/> makes it from the services and the options a spec gives it.</summary>
    public FanoutBuilder AddSource(string name, Func<IServiceProvider, JsonElement?, ISource> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Add(Registry.Sources, "source", name, create);
        return this;
    }

    private static void Add<T>(Dictionary<string, T> registered, string kind, string name, T value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!registered.TryAdd(name, value))
            throw new ArgumentException($"There is a {kind} \"{name}\" already; give this one another name.", nameof(name));
    }
}
