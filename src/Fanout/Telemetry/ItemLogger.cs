using Microsoft.Extensions.Logging;

namespace Fanout.Telemetry;

/// <summary>A run's logger that says which item it is about. Its scope is made when something is logged, so that items that log nothing pay nothing.</summary>
/// <param name="inner">The run's logger.</param>
/// <param name="scope">The item.</param>
internal sealed class ItemLogger(ILogger inner, ItemLogScope scope) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
            return;
        using (inner.BeginScope(scope))
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
