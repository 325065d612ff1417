namespace Fanout.Handlers.Http;

/// <summary>A request that would not be answered differently another time.</summary>
internal sealed class HttpItemException(string errorType, string message, Exception? innerException = null)
    : PermanentItemException(message, innerException)
{
    public override string ErrorType { get; } = errorType;
}

/// <summary>The hosts policy refused a request.</summary>
internal sealed class HostRefusedItemException(string message) : PermanentItemException(message)
{
    public override string ErrorType => "HostRefused";
}

/// <summary>The server asked to slow down.</summary>
internal sealed class HttpThrottledItemException(string errorType, TimeSpan? retryAfter, string message)
    : ThrottledItemException(retryAfter, message)
{
    public override string ErrorType { get; } = errorType;
}
