using Fanout.Flow;

namespace Fanout.Cli.Rendering;

/// <summary>A limit in words.</summary>
internal static class LimitText
{
    /// <summary>Such as <c>20 at once, 100/s, burst 10</c>.</summary>
    public static string Of(LimitSpec limit)
    {
        var words = new List<string>();
        if (limit.Concurrency is { } concurrency)
            words.Add($"{Figures.Count(concurrency)} at once");
        if (limit.Rate is { } rate)
            words.Add(Figures.Rate(rate));
        if (limit.Rate is not null && limit.Burst > 1)
            words.Add($"burst {Figures.Count(limit.Burst)}");
        return string.Join(", ", words);
    }
}
