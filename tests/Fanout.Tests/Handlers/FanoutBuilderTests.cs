using Fanout.Handlers;
using Fanout.Results;
using Fanout.Sources;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Xunit;

namespace Fanout.Tests.Handlers;

public sealed class FanoutBuilderTests
{
    private readonly ServiceCollection _services = new();

    [Fact]
    public void AddFanout_RegistersTheBuiltInHandlers()
    {
        _services.AddFanout();

        var registry = _services.BuildServiceProvider().GetRequiredService<FanoutRegistry>();

        Assert.Equal(["delay", "exec", "http", "noop"], registry.Handlers.Keys.Order());
    }

    [Fact]
    public void AddFanoutTwice_GoesOnWithTheSameRegistry()
    {
        _services.AddFanout().AddHandler("a", (string item) => item);
        _services.AddFanout().AddHandler("b", (string item) => item);

        var registry = _services.BuildServiceProvider().GetRequiredService<FanoutRegistry>();

        Assert.Contains("a", registry.Handlers);
        Assert.Contains("b", registry.Handlers);
    }

    [Fact]
    public void TakenNames_AreRefusedByName()
    {
        var reduction = Mock.Of<IReduction>(r => r.Name == "total");
        var builder = _services.AddFanout().AddHandler("a", (string item) => item).AddReduction(reduction).AddSource("s", (_, _) => Mock.Of<ISource>());

        Assert.Contains("\"a\"", Assert.Throws<ArgumentException>(() => builder.AddHandler("a", (int item) => item)).Message, StringComparison.Ordinal);
        Assert.Contains("\"exec\"", Assert.Throws<ArgumentException>(() => builder.AddHandler<Doubler>("exec")).Message, StringComparison.Ordinal);
        Assert.Contains("\"total\"", Assert.Throws<ArgumentException>(() => builder.AddReduction(reduction)).Message, StringComparison.Ordinal);
        Assert.Contains("\"s\"", Assert.Throws<ArgumentException>(() => builder.AddSource("s", (_, _) => Mock.Of<ISource>())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => builder.AddHandler(" ", (int item) => item));
    }

    [Fact]
    public void ClassesThatAreNoHandler_AreRefused()
    {
        var builder = _services.AddFanout();

        Assert.Throws<ArgumentException>(() => builder.AddHandler<object>("none"));
        Assert.Throws<ArgumentException>(() => builder.AddHandler<Twofold>("two"));
    }

    [Fact]
    public void FunctionWhoseTaskNobodyWouldWaitFor_IsRefused() =>
        Assert.Throws<ArgumentException>(() => _services.AddFanout().AddHandler("a", (string item) => Task.FromResult(item)));

    [Fact]
    public async Task FunctionsOfEveryShape_Handle()
    {
        var seen = new List<int>();
        _services.AddFanout()
            .AddHandler("value", (int item) => item + 1)
            .AddHandler("task", (int item, CancellationToken _) => Task.FromResult(item + 2))
            .AddHandler<int>("nothing", (int item, CancellationToken _) =>
            {
                seen.Add(item);
                return Task.CompletedTask;
            })
            .AddHandler<int, string>("context", (item, context, _) => new(context.IdempotencyKey));

        Assert.Equal("6", await HandleAsync("value", "5"));
        Assert.Equal("7", await HandleAsync("task", "5"));
        Assert.Equal("", await HandleAsync("nothing", "5"));
        Assert.Equal("\"run/0\"", await HandleAsync("context", "5"));
        Assert.Equal([5], seen);
    }

    [Fact]
    public async Task HandlerClass_IsMadeWithServicesAndOptions_OnceARun_AndDisposed()
    {
        var log = new List<string>();
        _services.AddSingleton(log).AddFanout().AddHandler<Multiplier>("multiply");
        await using var provider = _services.BuildServiceProvider();
        var registration = provider.GetRequiredService<FanoutRegistry>().Handlers["multiply"];
        var options = Attempts.Json("""{"factor":3}""");

        Assert.Empty(registration.Validate(options));
        var handler = registration.Create(provider, options);
        Assert.Equal("15", await handler.HandleAsync(Attempts.OfJson("5")));
        Assert.Equal("18", await handler.HandleAsync(Attempts.OfJson("6")));
        Assert.Equal(["made"], log);
        await handler.DisposeAsync();
        Assert.Equal(["made", "disposed"], log);
    }

    [Fact]
    public void OptionsForHandlersWithoutAny_AreRefused()
    {
        var registry = _services.AddFanout().AddHandler<Doubler>("double").Registry;

        Assert.Equal("/x", Assert.Single(registry.Handlers["double"].Validate(Attempts.Json("""{"x":1}"""))).Pointer);
        Assert.Equal("/x", Assert.Single(registry.Handlers["noop"].Validate(Attempts.Json("""{"x":1}"""))).Pointer);
        Assert.Empty(registry.Handlers["double"].Validate(null));
        Assert.Empty(registry.Handlers["double"].Validate(Attempts.Json("{}")));
    }

    private async Task<string> HandleAsync(string name, string json)
    {
        await using var provider = _services.BuildServiceProvider();
        await using var handler = provider.GetRequiredService<FanoutRegistry>().Handlers[name].Create(provider, null);
        return await handler.HandleAsync(Attempts.OfJson(json));
    }

    private sealed class Doubler : IItemHandler<int, int>
    {
        public ValueTask<int> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken) => new(2 * item);
    }

    private sealed class Twofold : IItemHandler<int, int>, IItemHandler<string, int>
    {
        public ValueTask<int> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken) => new(item);

        public ValueTask<int> HandleAsync(string item, ItemContext context, CancellationToken cancellationToken) => new(item.Length);
    }

    private sealed class Multiplier : IItemHandler<int, int>, IDisposable
    {
        private readonly List<string> _log;
        private readonly int _factor;

        public Multiplier(List<string> log, HandlerOptions options)
        {
            _log = log;
            _factor = options.Get<Settings>().Factor;
            log.Add("made");
        }

        public ValueTask<int> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken) => new(_factor * item);

        public void Dispose() => _log.Add("disposed");

        private sealed record Settings(int Factor);
    }
}
