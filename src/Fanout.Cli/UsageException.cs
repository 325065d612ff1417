namespace Fanout.Cli;

/// <summary>The command line itself was wrong.</summary>
/// <param name="message">What is wrong and what to write instead.</param>
internal sealed class UsageException(string message) : Exception(message);
