using Fanout.Server.Metrics;
using Xunit;

namespace Fanout.Server.Tests.Metrics;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("fanout.items", "{item}", true, "fanout_items_total")]
    [InlineData("fanout.items.active", "{item}", false, "fanout_items_active")]
    [InlineData("fanout.items.rate", "{item}/s", false, "fanout_items_rate_per_second")]
    [InlineData("fanout.item.duration", "s", false, "fanout_item_duration_seconds")]
    [InlineData("fanout.commit.size", "By", false, "fanout_commit_size_bytes")]
    [InlineData("a.b", "By/s", false, "a_b_bytes_per_second")]
    [InlineData("a.b", "1", false, "a_b_ratio")]
    [InlineData("a.b", null, false, "a_b")]
    public void Metric_IsSpelledAsOpenTelemetrySays(string name, string? unit, bool isCounter, string expected) =>
        Assert.Equal(expected, PrometheusNames.OfMetric(name, unit, isCounter));

    [Fact]
    public void Text_EscapesWhatLabelsMayNotHave()
    {
        using var meter = new System.Diagnostics.Metrics.Meter("Test");
        var series = new InstrumentSeries(meter.CreateCounter<long>("a.b", null, "What it is."));
        series.Take(2, [new("c.d", "one \"two\" \\ three\nfour")]);
        series.Take(3, [new("c.d", "one \"two\" \\ three\nfour")]);
        Assert.Equal("# HELP a_b_total What it is.\n# TYPE a_b_total counter\na_b_total{c_d=\"one \\\"two\\\" \\\\ three\\nfour\"} 5\n", PrometheusText.Write([series]));
    }
}
