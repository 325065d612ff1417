namespace Fanout;

/// <summary>Why an item did not succeed, as data: it crosses process and engine boundaries, which exception types do not.</summary>
/// <param name="Type">The kind of failure, stable enough to group by: an exception's type name, <c>MalformedItem</c>, <c>ExitCode</c>, <c>Http404</c>, ….</param>
/// <param name="Message">What happened, for a human; at most <see cref="MaxMessageLength"/> characters are kept.</param>
public sealed record ItemError(string Type, string Message)
{
    /// <summary>Longest message kept in results, in UTF-16 characters: 2,000.</summary>
    public const int MaxMessageLength = 2_000;

    /// <summary>An error whose message is cut to <see cref="MaxMessageLength"/> characters.</summary>
    public static ItemError Create(string type, string message) =>
        new(type, message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength - 1), "…"));
}
