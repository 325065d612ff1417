namespace Fanout.Cli;

/// <summary>What was asked for was legal, and failed.</summary>
/// <param name="message">What happened, and what to do.</param>
/// <param name="innerException">The cause.</param>
internal sealed class FailureException(string message, Exception innerException) : Exception(message, innerException);
