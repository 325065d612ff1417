using Microsoft.Extensions.Logging;

namespace Fanout.Server;

/// <summary>Everything the server logs.</summary>
internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Warning, "The keys cannot be read again; those known so far hold")]
    public static partial void KeysUnreadable(this ILogger logger, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception failure, string method, string path);

    [LoggerMessage(3, LogLevel.Error, "The audit log cannot be written; changes are refused until it can")]
    public static partial void AuditFailed(this ILogger logger, Exception failure);

    [LoggerMessage(4, LogLevel.Debug, "The events of run {RunId} could not be read now")]
    public static partial void WatchFailed(this ILogger logger, Exception failure, string runId);

    [LoggerMessage(5, LogLevel.Warning, "Old uploads could not be removed")]
    public static partial void UploadsNotSwept(this ILogger logger, Exception failure);
}
