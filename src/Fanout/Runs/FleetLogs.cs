using Microsoft.Extensions.Logging;

namespace Fanout.Runs;

/// <summary>Everything a fleet logs.</summary>
internal static partial class FleetLogs
{
    [LoggerMessage(1, LogLevel.Warning, "Runs that nobody drives cannot be looked for now")]
    public static partial void LookFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, Message = "Driving run {RunId} failed; it is tried again if nobody else drives it")]
    public static partial void SetBack(this ILogger logger, LogLevel level, Exception exception, string runId);

    [LoggerMessage(3, LogLevel.Warning, "Run {RunId} was added and never begun; it is begun now")]
    public static partial void BegunAgain(this ILogger logger, string runId);

    [LoggerMessage(4, LogLevel.Error, "The orchestration of run {RunId} ended without a report ({Status}: {Message}); the run is closed as failed")]
    public static partial void ClosedFailed(this ILogger logger, string runId, Orchestration.OrchestrationStatus status, string? message);
}
