using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fanout.Functions;

/// <summary>Makes the queue of requests when the app starts: the trigger only listens to one that is there.</summary>
internal sealed partial class RequestsOpening(FunctionsHome home, ILogger<RequestsOpening> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await home.Triggers.OpenForRequestsAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (StorageException failure)
        {
            LogNotOpened(logger, failure);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The queue of requests could not be made; the next start tries again.")]
    private static partial void LogNotOpened(ILogger logger, Exception failure);
}
