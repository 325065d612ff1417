namespace Fanout.Cli.Rendering;

/// <summary>An allotment in words.</summary>
internal static class AllotmentText
{
    /// <summary>Such as <c>64 at once, 50/s, burst 10</c>.</summary>
    public static string Of(Allotment allotment)
    {
        var text = $"{Figures.Count(allotment.Concurrency)} at once";
        if (allotment.Rate is not { } rate)
            return text;
        text += $", {Figures.Rate(rate)}";
        return allotment.Burst > 1 ? $"{text}, burst {Figures.Count(allotment.Burst)}" : text;
    }
}
