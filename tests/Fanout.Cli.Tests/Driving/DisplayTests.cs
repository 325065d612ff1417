using Fanout.Cli.Driving;
using Fanout.Cli.Rendering;
using Fanout.Cli.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using Spectre.Console.Testing;
using Xunit;
using LiveDisplay = Fanout.Cli.Driving.LiveDisplay;

namespace Fanout.Cli.Tests.Driving;

public class DisplayTests
{
    [Fact]
    public async Task Lines_ComeAfterTwoSeconds_ThenEverMoreSeldom()
    {
        var time = new HurryingTime();
        var work = new TaskCompletionSource();
        using var text = new StringWriter { NewLine = "\n" };
        var shown = 0;
        var display = new LineDisplay(text, time, (runId, _) => $"{runId} {++shown}", note => note);

        await display.WhileAsync(work.Task, "nightly", () =>
        {
            if (shown == 3)
                work.SetResult();
            return null;
        });

        Assert.Equal("nightly 1\nnightly 2\nnightly 3\nnightly 4\n", text.ToString());
        Assert.Equal([2, 3, 4, 5], time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void Lines_NeverComeMoreSeldomThanEveryTenSeconds()
    {
        var interval = TimeSpan.FromSeconds(2);
        for (var i = 0; i < 20; i++)
            interval = LineDisplay.Next(interval);
        Assert.Equal(TimeSpan.FromSeconds(10), interval);
    }

    [Fact]
    public async Task WorkThatFails_EndsTheDisplayAndNothingElse()
    {
        var display = new LineDisplay(TextWriter.Null, new FakeTimeProvider(), ProgressLine.Format, note => note);
        await display.WhileAsync(Task.FromException(new InvalidOperationException()), "nightly", () => null);
        await new QuietDisplay().WhileAsync(Task.FromException(new InvalidOperationException()), "nightly", () => null);
    }

    [Fact]
    public async Task TheLiveDisplay_ShowsTheNumbers_AndNotesAboveThem()
    {
        using var terminal = new TestConsole().Width(100).EmitAnsiSequences();
        terminal.Interactive();
        var time = new HurryingTime();
        var work = new TaskCompletionSource();
        var display = new LiveDisplay(terminal, time);
        var looks = 0;

        await display.WhileAsync(work.Task, "nightly", () =>
        {
            if (++looks == 2)
                display.Note("Stopping.");
            if (looks == 3)
                work.SetResult();
            return Given.Progress();
        });

        Assert.Contains("41,230/100,000", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("Stopping.", terminal.Output, StringComparison.Ordinal);
    }
}
