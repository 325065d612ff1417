using Fanout.Flow;
using Fanout.Views;
using Spectre.Console;

namespace Fanout.Cli.Rendering;

/// <summary>Limits as <c>limit list</c> shows them: a row each, and under it a row for each run that wants it.</summary>
internal static class LimitTable
{
    private static readonly string[] Titles = ["LIMIT", "CONCURRENCY", "RATE", "BURST", "WEIGHT", "WANTED", "GRANTED"];

    /// <summary>A table without borders, as wide as it needs to be.</summary>
    public static Table Create(IEnumerable<LimitLedger> limits)
    {
        var table = new Table().Border(TableBorder.None).AddColumns([.. Titles.Select(title => new TableColumn(title).NoWrap())]);
        foreach (var limit in limits.Select(LimitView.Of))
        {
            AddRow(table, Cells(limit));
            foreach (var run in limit.Runs)
                AddRow(table, [$"  {run.RunId}", "", "", "", Figures.Invariant($"{run.Weight:0.###}"), Figures.Count(run.Wanted), Figures.Count(run.Granted)]);
        }

        return table;
    }

    private static string[] Cells(LimitView limit) =>
    [
        limit.Name,
        limit.Concurrency is { } concurrency ? Figures.Count(concurrency) : "",
        limit.Rate is { } rate ? Figures.Rate(rate) : "",
        limit.Burst is { } burst ? Figures.Count(burst) : "",
        "",
        Figures.Count(limit.Wanted),
        Figures.Count(limit.Granted),
    ];

    private static void AddRow(Table table, string[] cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);
}
