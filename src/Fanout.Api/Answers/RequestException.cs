namespace Fanout.Api.Answers;

/// <summary>A request is not one: its body, a parameter or a header.</summary>
/// <param name="status">The HTTP status to answer with.</param>
/// <param name="message">What is wrong, what is allowed, what to do.</param>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
