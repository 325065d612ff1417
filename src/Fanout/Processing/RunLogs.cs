using Microsoft.Extensions.Logging;

namespace Fanout.Processing;

/// <summary>Everything that is logged where runs are worked.</summary>
internal static partial class RunLogs
{
    /// <summary>The category of what runs log, handlers included. One for all, which run it is being in the scope: a logger factory keeps each category for ever.</summary>
    public const string Category = "Fanout.Run";

    [LoggerMessage(1, LogLevel.Warning, "A callback of a handler's cancellation token failed in run {RunId}")]
    public static partial void CallbackFailed(this ILogger logger, Exception exception, string runId);

    [LoggerMessage(2, LogLevel.Warning, "{Variable} is not understood, and {Taken} is taken: {Problem}")]
    public static partial void SamplingUnreadable(this ILogger logger, string variable, string taken, string problem);

    [LoggerMessage(3, LogLevel.Information, "Run {RunId} ended: {Status}, {Settled} items settled")]
    public static partial void RunEnded(this ILogger logger, string runId, RunStatus status, long settled);

    [LoggerMessage(4, LogLevel.Debug, "Batch {Key} of run {RunId} ended: {End}, {Settled} items settled")]
    public static partial void BatchEnded(this ILogger logger, string runId, string key, BatchEnd end, long settled);

    [LoggerMessage(5, LogLevel.Warning, "The end of run {RunId} could not be announced: {Failure}; {Next}")]
    public static partial void NotAnnounced(this ILogger logger, string runId, string failure, string next);
}
