namespace Fanout.Handlers.Exec;

/// <summary>Runs processes. Called by many threads at once.</summary>
internal interface IProcessRunner : IDisposable
{
    /// <summary>
    /// Runs a command to its end, blocking. Cancelling kills the whole process tree; the call still returns only when the process is gone.
    /// </summary>
    /// <exception cref="PermanentItemException">The command cannot be started, ever.</exception>
    /// <exception cref="TransientItemException">The system could not start it now.</exception>
    ProcessExit Run(RenderedCommand command, ProcessOutput output, CancellationToken cancellationToken);
}
