using System.Collections.Concurrent;
using Fanout.Embedded.Tests.Runs;
using Fanout.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fanout.Embedded.Tests.Telemetry;

/// <summary>What is logged says of which run and item it is.</summary>
public sealed class LogScopeTests
{
    [Fact]
    public async Task WhatHandlersLog_HasTheRunAndTheItem()
    {
        using var log = new ScopedLog();
        await using var home = await TestHome.OpenAsync(fanout =>
        {
            fanout.Services.AddLogging(logging => logging.AddProvider(log));
            fanout.AddHandler<int, int>("say", (item, context, _) =>
            {
                context.Logger.LogWarning("here {Number}", item);
                return ValueTask.FromResult(item);
            });
        });
        await home.RunAsync("""{ "id": "r", "handler": { "name": "say" }, "source": { "kind": "range", "start": 0, "end": 3 } }""");
        var said = log.Lines.Where(line => line.Text.StartsWith("here", StringComparison.Ordinal)).OrderBy(line => line.Text, StringComparer.Ordinal).ToList();
        Assert.Equal(3, said.Count);
        Assert.All(said.Index(), line =>
        {
            Assert.Equal("r", line.Item.Scope[AttributeNames.RunId]);
            Assert.Equal((long)line.Index, line.Item.Scope[AttributeNames.ItemIndex]);
            Assert.Equal(1, line.Item.Scope[AttributeNames.ItemAttempt]);
            Assert.StartsWith("b0001-l", (string)line.Item.Scope[AttributeNames.BatchKey]!, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task WhatServicesOfHandlersLog_HasTheRunAndTheBatch()
    {
        using var log = new ScopedLog();
        ILogger? other = null;
        await using var home = await TestHome.OpenAsync(fanout =>
        {
            fanout.Services.AddLogging(logging => logging.AddProvider(log));
            fanout.AddHandler<int, int>("say", item =>
            {
                other!.LogWarning("there");
                return item;
            });
        });
        other = home.Fanout.Environment.LoggerFactory.CreateLogger("Other");
        await home.RunAsync("""{ "id": "r", "handler": { "name": "say" }, "source": { "kind": "range", "start": 0, "end": 1 } }""");
        var scope = Assert.Single(log.Lines, line => line.Text == "there").Scope;
        Assert.Equal("r", scope[AttributeNames.RunId]);
        Assert.Contains(AttributeNames.BatchKey, scope.Keys);
    }

    [Fact]
    public async Task Runs_ShareTheCategoriesTheyLogUnder()
    {
        using var log = new ScopedLog();
        await using var home = await TestHome.OpenAsync(fanout => fanout.Services.AddLogging(logging => logging.AddProvider(log)));
        await RunAsync("first");
        var before = log.Categories.Order().ToList();
        await RunAsync("second");
        Assert.Contains("Fanout.Run", before);
        // A category is kept as long as the process lives.
        Assert.Equal(before, log.Categories.Order());

        Task<RunReport> RunAsync(string id) =>
            home.RunAsync($$"""{ "id": "{{id}}", "handler": { "name": "noop" }, "source": { "kind": "range", "start": 0, "end": 3 } }""");
    }

    /// <summary>Keeps lines with what their scopes say.</summary>
    private sealed class ScopedLog : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public ConcurrentQueue<(string Text, IReadOnlyDictionary<string, object?> Scope)> Lines { get; } = new();

        public ConcurrentBag<string> Categories { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            Categories.Add(categoryName);
            return this;
        }

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var said = new Dictionary<string, object?>();
            _scopes.ForEachScope(
                static (scope, said) =>
                {
                    foreach (var (key, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                        said[key] = value;
                },
                said);
            Lines.Enqueue((formatter(state, exception), said));
        }

        public void Dispose()
        {
        }
    }
}
