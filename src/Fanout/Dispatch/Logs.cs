using Microsoft.Extensions.Logging;

namespace Fanout.Dispatch;

/// <summary>Everything that is logged where requests and batches travel by queue.</summary>
internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Warning, "Storage failed; it is tried again")]
    public static partial void StorageFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Batch {Key} of run {RunId} is left to other workers: this one cannot read its spec")]
    public static partial void CannotWork(this ILogger logger, Exception exception, string runId, string key);

    [LoggerMessage(3, LogLevel.Information, "Batch {Key} of run {RunId} is dropped: the run is gone, or the branch that sent it has ended")]
    public static partial void Dropped(this ILogger logger, string runId, string key);

    [LoggerMessage(4, LogLevel.Information, "Batch {Key} of run {RunId} is put off: another worker is at it")]
    public static partial void PutOff(this ILogger logger, string runId, string key);

    [LoggerMessage(5, LogLevel.Warning, "Batch {Key} of run {RunId} was lost to other workers")]
    public static partial void Lost(this ILogger logger, string runId, string key);

    [LoggerMessage(6, LogLevel.Warning, "Batch {Key} of run {RunId} was delivered {Deliveries} times and its workers died: it is split")]
    public static partial void Split(this ILogger logger, string runId, string key, long deliveries);

    [LoggerMessage(7, LogLevel.Error, "The item of batch {Key} of run {RunId} crashed its worker {Crashes} times, alone in it: it fails")]
    public static partial void Blamed(this ILogger logger, string runId, string key, int crashes);

    [LoggerMessage(8, LogLevel.Error, "Batch {Key} of run {RunId} could not be worked")]
    public static partial void CouldNotWork(this ILogger logger, Exception exception, string runId, string key);

    [LoggerMessage(9, LogLevel.Error, "A delivery could not be dealt with; the worker goes on")]
    public static partial void DeliveryFailed(this ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "The result of a batch could not be brought to its branch; it is tried again")]
    public static partial void CompletionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Warning, "Requests cannot be received now")]
    public static partial void ReceivingFailed(this ILogger logger, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "Request {RequestId} cannot be answered now; it comes again")]
    public static partial void AnsweringFailed(this ILogger logger, Exception exception, string requestId);

    [LoggerMessage(13, LogLevel.Warning, "Request {RequestId} waits for storage")]
    public static partial void WaitsForStorage(this ILogger logger, Exception exception, string requestId);

    [LoggerMessage(14, LogLevel.Error, "Request {RequestId} failed unexpectedly")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string requestId);
}
