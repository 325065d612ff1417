using Microsoft.Extensions.Logging;

namespace Fanout.Azure.Queues;

/// <summary>Everything the queues log.</summary>
internal static partial class QueueLogs
{
    [LoggerMessage(1, LogLevel.Warning, "Message {MessageId} of queue '{Queue}' was put aside into '{Poison}': {Reason}")]
    public static partial void PutAside(ILogger logger, string messageId, string queue, string poison, string reason);

    [LoggerMessage(2, LogLevel.Information, "Message {MessageId} of queue '{Queue}' was dropped: blob '{Blob}' is gone, so that it was done before")]
    public static partial void DoneBefore(ILogger logger, string messageId, string queue, string blob);

    [LoggerMessage(3, LogLevel.Warning, "The result of batch '{Key}' could not be handed to '{InstanceId}'; it comes again")]
    public static partial void NotDelivered(ILogger logger, Exception exception, string key, string instanceId);
}
