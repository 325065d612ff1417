using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Fanout.Cli.Wiring;

/// <summary>Log lines go where messages go, above a live display: one line each, as <c>warning: …</c>.</summary>
/// <param name="write">Writes a line.</param>
internal sealed class ErrorLogging(Action<string> write) : ILoggerProvider, ILogger
{
    /// <summary>Warnings and worse; everything when <c>FANOUT_DEBUG</c> is 1.</summary>
    public static LogLevel MinimumLevel(Func<string, string?> variable) =>
        variable(ErrorBoundary.DebugVariable) == "1" ? LogLevel.Debug : LogLevel.Warning;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        var cause = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
        write($"{logLevel.ToString().ToLower(CultureInfo.InvariantCulture)}: {formatter(state, exception)}{cause}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
