using System.Text;

namespace Fanout.Server.Metrics;

/// <summary>
/// How names are spelled for Prometheus: as OpenTelemetry's rules say (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/), so that
/// what is scraped here and what a collector passes on are called the same.
/// </summary>
internal static class PrometheusNames
{
    /// <summary>A metric's name: <c>fanout.item.duration</c> in <c>s</c> is <c>fanout_item_duration_seconds</c>, a counter ends in <c>_total</c>.</summary>
    public static string OfMetric(string name, string? unit, bool isCounter)
    {
        var words = new List<string> { OfLabel(name) };
        words.AddRange(WordsOf(unit));
        if (isCounter)
            words.Add("total");
        return string.Join('_', words);
    }

    /// <summary>An attribute's name: <c>fanout.handler.name</c> is <c>fanout_handler_name</c>.</summary>
    public static string OfLabel(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
            text.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return text.ToString();
    }

    // What stands in braces is a note, no unit.
    private static IEnumerable<string> WordsOf(string? unit)
    {
        if (unit is null)
            yield break;
        var parts = unit.Split('/');
        if (WordOf(parts[0]) is { } counted)
            yield return counted;
        if (parts.Length == 2)
            yield return $"per_{(parts[1] == "s" ? "second" : parts[1])}";
    }

    private static string? WordOf(string unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        "1" => "ratio",
        "" => null,
        _ when unit[0] == '{' => null,
        _ => unit,
    };
}
