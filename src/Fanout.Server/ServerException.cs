namespace Fanout.Server;

/// <summary>A server cannot be started as it was asked to be, or cannot do what it was asked for.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="cause">What it comes from; null: nothing else.</param>
public sealed class ServerException(string message, Exception? cause = null) : Exception(message, cause);
