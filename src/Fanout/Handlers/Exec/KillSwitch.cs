namespace Fanout.Handlers.Exec;

/// <summary>Kills a process tree when asked, but never a process id that is not ours any more.</summary>
internal sealed class KillSwitch
{
    private readonly Lock _lock = new();
    private int _processId;
    private bool _asked;

    /// <summary>The process exists; when the kill was asked for already, it is killed.</summary>
    public void Arm(int processId)
    {
        lock (_lock)
        {
            _processId = processId;
            if (_asked)
                ProcessTree.Kill(processId);
        }
    }

    /// <summary>The process is about to be reaped: from then on its id may belong to anyone.</summary>
    public void Disarm()
    {
        lock (_lock)
            _processId = 0;
    }

    public void Kill()
    {
        lock (_lock)
        {
            _asked = true;
            if (_processId != 0)
                ProcessTree.Kill(_processId);
        }
    }
}
