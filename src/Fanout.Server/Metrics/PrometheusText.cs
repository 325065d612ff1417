using System.Globalization;
using System.Text;

namespace Fanout.Server.Metrics;

/// <summary>Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal static class PrometheusText
{
    /// <summary>Its media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes instruments that have anything to tell.</summary>
    public static string Write(IEnumerable<InstrumentSeries> instruments)
    {
        var text = new StringBuilder(4_096);
        foreach (var instrument in instruments)
        {
            var begins = true;
            foreach (var series in instrument.Series)
            {
                if (series.Read() is not var (sum, buckets))
                    continue;
                if (begins)
                    text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(instrument.Help).Append("\n# TYPE ").Append(instrument.Name).Append(' ').Append(instrument.Kind).Append('\n');
                begins = false;
                if (instrument.Kind == "histogram")
                    WriteHistogram(text, instrument.Name, series, sum, buckets);
                else
                    WriteLine(text, instrument.Name, series, null, Number(sum));
            }
        }

        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, string name, Series series, double sum, IReadOnlyList<long> buckets)
    {
        var count = 0L;
        for (var i = 0; i < buckets.Count; i++)
        {
            count += buckets[i];
            WriteLine(text, name + "_bucket", series, i < series.Bounds.Count ? Number(series.Bounds[i]) : "+Inf", Number(count));
        }

        WriteLine(text, name + "_sum", series, null, Number(sum));
        WriteLine(text, name + "_count", series, null, Number(count));
    }

    private static void WriteLine(StringBuilder text, string name, Series series, string? upTo, string value)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (key, tag) in series.Tags)
        {
            WriteLabel(text, separator, PrometheusNames.OfLabel(key), Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "");
            separator = ',';
        }

        if (upTo is not null)
        {
            WriteLabel(text, separator, "le", upTo);
            separator = ',';
        }

        text.Append(separator == ',' ? "} " : " ").Append(value).Append('\n');
    }

    private static void WriteLabel(StringBuilder text, char separator, string name, string value) =>
        text.Append(separator).Append(name).Append("=\"")
            .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('"');

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
