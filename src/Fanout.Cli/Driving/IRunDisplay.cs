using Fanout.Runs;

namespace Fanout.Cli.Driving;

/// <summary>Shows a run while it is worked on.</summary>
internal interface IRunDisplay
{
    /// <summary>Shows progress until <paramref name="work"/> has completed, however it does; its exception is left for whoever awaits it.</summary>
    Task WhileAsync(Task work, string runId, Func<RunProgress?> observe);

    /// <summary>Says something in between. Safe to call from any thread.</summary>
    void Note(string text);
}
