using Fanout.Runs;
using Spectre.Console;

namespace Fanout.Cli.Rendering;

/// <summary>Runs as <c>list</c> shows them.</summary>
internal static class RunTable
{
    private static readonly string[] Titles = ["RUN", "STATUS", "DONE", "FAILED", "CREATED", "DRIVEN BY"];

    private const int WidestTable = 1_000;

    /// <summary>A table without borders, as wide as it needs to be.</summary>
    public static Table Create(IEnumerable<RunRecord> runs)
    {
        var table = new Table().Border(TableBorder.None).AddColumns([.. Titles.Select(title => new TableColumn(title).NoWrap())]);
        foreach (var run in runs)
            table.AddRow([.. Cells(run).Select(cell => new Text(cell))]);
        return table;
    }

    /// <summary>Writes a table as plain text: a row is a line, also for grep; the terminal wraps what does not fit.</summary>
    public static void Print(Table table, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = WidestTable;
        console.Write(table);
    }

    private static string[] Cells(RunRecord run)
    {
        var (done, failed) = run switch
        {
            { Report: { } report } => (Done(report.Tally.Settled, report.Total), report.Tally.Failed + report.Tally.TimedOut),
            { Progress: { } progress } => (Done(progress.Settled, progress.Total), progress.Failed + progress.TimedOut),
            _ => ("", 0),
        };
        return [run.Id, StatusText.Word(run), done, failed > 0 ? Figures.Count(failed) : "", Figures.Time(run.CreatedAt), run.DrivenBy ?? ""];
    }

    private static string Done(long settled, long? total) =>
        total is { } known ? $"{Figures.Count(settled)}/{Figures.Count(known)}" : Figures.Count(settled);
}
