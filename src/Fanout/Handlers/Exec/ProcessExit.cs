namespace Fanout.Handlers.Exec;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; meaningless when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0: none did.</param>
internal readonly record struct ProcessExit(int Code, int Signal);
