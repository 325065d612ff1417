namespace Fanout.Diagnostics;

/// <summary>A process cannot be profiled, or a trace not be written or read.</summary>
/// <param name="message">What happened, to which process or file, and what to do.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class ProfileException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>True: the request cannot be met: there is no such process, or it may not be looked at. False (the default): it could be, and failed.</summary>
    public bool IsRefusal { get; init; }
}
