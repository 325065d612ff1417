using Microsoft.Extensions.Logging;

namespace Fanout.Cli.Telemetry;

/// <summary>Loggers of a factory that is somebody else's, and outlives each logging that has this provider.</summary>
/// <param name="loggers">The factory.</param>
internal sealed class SharedLoggerProvider(ILoggerFactory loggers) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
