using Fanout.Flow;
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
        foreach (var limit in limits)
        {
            AddRow(table, Cells(limit));
            foreach (var run in LimitText.Runs(limit))
                AddRow(table, [$"  {run.RunId}", "", "", "", Figures.Invariant($"{run.Weight:0.###}"), Figures.Count(run.Wanted), Figures.Count(run.Granted)]);
        }

        return table;
    }

    private static string[] Cells(LimitLedger ledger)
    {
        var limit = ledger.Limit;
        return
        [
            limit.Name,
            limit.Concurrency is { } concurrency ? Figures.Count(concurrency) : "",
            limit.Rate is { } rate ? Figures.Rate(rate) : "",
            limit.Rate is null ? "" : Figures.Count(limit.Burst),
            "",
            Figures.Count(LimitText.Runs(ledger).Sum(run => (long)run.Wanted)),
            Figures.Count(LimitText.Granted(ledger)),
        ];
    }

    private static void AddRow(Table table, string[] cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);
}
