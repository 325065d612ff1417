using Fanout.Runs;

namespace Fanout.Cli.Driving;

/// <summary>Shows nothing.</summary>
internal sealed class QuietDisplay : IRunDisplay
{
    public async Task WhileAsync(Task work, string runId, Func<RunProgress?> observe) =>
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Note(string text)
    {
    }
}
