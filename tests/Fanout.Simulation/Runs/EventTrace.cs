using System.Text;

namespace Fanout.Simulation.Runs;

/// <summary>What happened in a simulation, in order.</summary>
internal sealed class EventTrace(VirtualTime time)
{
    private readonly StringBuilder _lines = new();
    private readonly Lock _lock = new();

    public void Note(int process, string what, string about = "")
    {
        lock (_lock)
            _lines.Append($"{time.Now:HH:mm:ss.fff} {process,3} {what} {about}").AppendLine();
    }

    public override string ToString() => _lines.ToString();
}
