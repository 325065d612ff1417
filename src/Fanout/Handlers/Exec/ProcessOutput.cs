namespace Fanout.Handlers.Exec;

/// <summary>What is kept of a process's output. Used again for the next one.</summary>
internal sealed class ProcessOutput(ExecOptions options)
{
    /// <summary>True: standard output is thrown away.</summary>
    public bool DropsStandardOutput { get; } = options.Output == ExecOutput.None;

    public OutputHead StandardOutput { get; } = new(options.MaxOutputBytes);

    public OutputTail StandardError { get; } = new();

    public void Clear()
    {
        StandardOutput.Clear();
        StandardError.Clear();
    }
}
