using Fanout.Runs;

namespace Fanout.Cli.Driving;

/// <summary>Shows a line every few seconds: the first after 2 s, then ever more seldom, down to one in 10 s.</summary>
/// <param name="writer">Where to.</param>
/// <param name="time">The clock.</param>
/// <param name="formatProgress">One line for the run's numbers.</param>
/// <param name="formatNote">One line for something said in between.</param>
internal sealed class LineDisplay(
    TextWriter writer, TimeProvider time, Func<string, RunProgress?, string> formatProgress, Func<string, string> formatNote) : IRunDisplay
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    public async Task WhileAsync(Task work, string runId, Func<RunProgress?> observe)
    {
        var interval = FirstInterval;
        while (!await Waiting.CompletesWithinAsync(work, interval, time))
        {
            Write(formatProgress(runId, observe()));
            interval = Next(interval);
        }
    }

    public void Note(string text) => Write(formatNote(text));

    /// <summary>The wait that follows a wait: a second longer, at most 10 s.</summary>
    public static TimeSpan Next(TimeSpan interval) =>
        interval < LongestInterval ? interval + TimeSpan.FromSeconds(1) : LongestInterval;

    private void Write(string line)
    {
        lock (_lock)
            writer.WriteLine(line);
    }
}
