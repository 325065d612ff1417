using Microsoft.Extensions.Logging;

namespace Fanout.Embedded;

/// <summary>Everything the embedded engine logs.</summary>
internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Warning, "The lease of '{RootId}' was lost: another process drives it now")]
    public static partial void LeaseLost(this ILogger logger, string rootId);

    [LoggerMessage(2, LogLevel.Error, "The engine stopped driving: {Reason}")]
    public static partial void Faulted(this ILogger logger, Exception exception, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Leases could not be given back; they expire by themselves")]
    public static partial void ReleaseFailed(this ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "A callback of an activity's cancellation token failed")]
    public static partial void CancellationCallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "Activities were still running {Grace} after they were told to stop; their results are dropped")]
    public static partial void GraceExceeded(this ILogger logger, TimeSpan grace);

    [LoggerMessage(6, LogLevel.Warning, "OnLeaseLost failed")]
    public static partial void LeaseLostCallbackFailed(this ILogger logger, Exception exception);
}
