using System.Text;
using Fanout.Runs;

namespace Fanout.Cli.Rendering;

/// <summary>What a run would do, for people.</summary>
internal static class PlanText
{
    /// <summary>Several lines, the last without a line end.</summary>
    public static string Format(PlanPreview plan)
    {
        var text = new StringBuilder();
        text.AppendLine("Nothing was started. A run of this would:");
        Field(text, "items", Figures.Count(plan.Items));
        Field(text, "ranges", $"{Figures.Count(plan.FirstRange, "item")} each at first, then as long as they take");
        Field(text, "lanes", $"{Figures.Count(plan.Lanes)} in {Figures.Count(plan.Branches)} {(plan.Branches == 1 ? "branch" : "branches")}");
        Field(text, "may use", AllotmentText.Of(plan.Allotment));
        Field(text, "time", MinimumTime(plan));
        if (plan.OnComplete is { } onComplete)
            Field(text, "tells", AnnouncementText.Of(onComplete));
        if (plan.Note.Length > 0)
            Field(text, "note", plan.Note);
        return text.ToString().TrimEnd();
    }

    private static string MinimumTime(PlanPreview plan)
    {
        var rounds = plan.Allotment.Concurrency > 0 ? (plan.Items + plan.Allotment.Concurrency - 1) / plan.Allotment.Concurrency : 0;
        var byConcurrency = $"{Figures.Count(rounds)} x what the handler takes for one item";
        return plan.MinimumByRate is { } byRate
            ? $"at least {Figures.Duration(byRate)} by rate, and at least {byConcurrency}"
            : $"at least {byConcurrency}";
    }

    private static void Field(StringBuilder text, string name, string value) =>
        text.Append("  ").Append(name.PadRight(9)).AppendLine(value);
}
