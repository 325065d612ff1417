using Microsoft.Extensions.Logging;

namespace Fanout.Api.Answers;

/// <summary>Everything the API logs.</summary>
internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);
}
