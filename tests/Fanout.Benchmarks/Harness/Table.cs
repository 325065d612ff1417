using System.Text;

namespace Fanout.Benchmarks.Harness;

/// <summary>The findings for a human.</summary>
internal static class Table
{
    private const int FirstColumn = 0;
    private const int LastColumn = 6;

    public static string Format(IReadOnlyList<Finding> findings)
    {
        string[][] rows = [["scenario", "ours", "baseline", "compared", "target", "", ""], .. findings.Select(Cells)];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column is FirstColumn or LastColumn ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string[] Cells(Finding finding)
    {
        var goal = finding.Scenario.Goal;
        return
        [
            finding.Scenario.Name,
            finding.Ours is { } ours ? goal.FormatMeasure(ours) : "-",
            finding.Baseline is { } baseline ? goal.FormatMeasure(baseline) : "-",
            finding.Figure is { } figure ? goal.FormatFigure(figure) : "-",
            goal.FormatBound(),
            Verdict(finding),
            finding.Scenario.Note ?? "",
        ];
    }

    private static string Verdict(Finding finding) => finding.IsMet switch
    {
        true => "met",
        false => "NOT MET",
        null when finding.Figure is not null => "",
        null => finding.Scenario.Unavailable is null ? "not compared" : "skipped",
    };
}
