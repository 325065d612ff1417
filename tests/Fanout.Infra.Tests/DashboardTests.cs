using System.Text.Json;
using System.Text.RegularExpressions;
using Fanout.Infra.Tests.Support;
using Fanout.Server.Metrics;
using Fanout.Telemetry;
using Xunit;

namespace Fanout.Infra.Tests;

/// <summary>What the dashboards ask for is there, and is spelled as Prometheus and Application Insights spell it.</summary>
public sealed partial class DashboardTests(ToldNames told) : IClassFixture<ToldNames>
{
    private static readonly JsonElement Grafana = JsonElement.Parse(Templates.Read("dashboards/fanout.grafana.json"));
    private static readonly JsonElement Workbook = JsonElement.Parse(Templates.Read("dashboards/fanout.workbook.json"));

    [Fact]
    public void EveryMetricAndSpan_IsTold()
    {
        Assert.Equal(Constants(typeof(MetricNames)), told.Metrics.Keys.Order(StringComparer.Ordinal));
        // A command's span is the command line's.
        Assert.Equal(Constants(typeof(SpanNames)).Where(name => name != SpanNames.Command), told.Spans.Keys.Order(StringComparer.Ordinal));
        Assert.All(told.Metrics.Concat(told.Spans), one => Assert.Subset(Constants(typeof(AttributeNames)).ToHashSet(), one.Value));
    }

    [Fact]
    public void GrafanaQueries_NameMetricsAndLabelsThatAreTold()
    {
        var queries = Texts(Grafana, "expr").ToList();
        Assert.True(queries.Count > 15);
        Assert.All(queries, CheckPromQl);
        CheckPromQl(Assert.Single(Texts(Grafana.GetProperty("templating"), "definition")));
    }

    [Fact]
    public void GrafanaTraceQueries_NameSpansAndAttributesThatAreTold()
    {
        var query = Assert.Single(Texts(Grafana.GetProperty("panels"), "query"));
        var span = NameInTraceQl().Match(query).Groups[1].Value;
        Assert.Contains(span, told.Spans.Keys);
        var attributes = AttributeInTraceQl().Matches(query).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(attributes);
        Assert.Subset(told.Spans[span], attributes);
    }

    [Fact]
    public void WorkbookQueries_NameMetricsSpansAndAttributesThatAreTold()
    {
        var queries = Texts(Workbook, "query").ToList();
        Assert.True(queries.Count >= 10);
        Assert.All(queries, CheckKql);
    }

    /// <summary>A table holds what is exported to it: metrics are never among the dependencies.</summary>
    private void CheckKql(string query)
    {
        Assert.Matches("^(customMetrics|dependencies|requests|union requests, dependencies)\n", query);
        var there = query.StartsWith("customMetrics", StringComparison.Ordinal) ? told.Metrics : told.Spans;
        var named = QuotedName().Matches(NameFilter().Match(query).Value).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, there.Keys));
        var attributes = Dimension().Matches(query).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Subset(named.SelectMany(name => there[name]).ToHashSet(), attributes);
        // Nothing else of Fanout's is named that would not have been looked at.
        Assert.Equal(Word().Count(query), named.Count + Dimension().Matches(query).Count(match => Word().IsMatch(match.Value)));
    }

    private void CheckPromQl(string query)
    {
        var words = PrometheusWord().Matches(query).Select(match => match.Value).ToHashSet();
        var metrics = words.Where(told.ByPrometheus.ContainsKey).ToList();
        Assert.NotEmpty(metrics);
        var labels = metrics.SelectMany(metric => told.Metrics[told.ByPrometheus[metric]]).Select(PrometheusNames.OfLabel).ToHashSet();
        Assert.Subset(labels, words.Except(metrics).ToHashSet());
    }

    private static IEnumerable<string> Constants(Type names) => names.GetFields().Select(field => (string)field.GetValue(null)!).Order(StringComparer.Ordinal);

    // Of whatever has the property, wherever it stands.
    private static IEnumerable<string> Texts(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.NameEquals(name) && property.Value.ValueKind == JsonValueKind.String
            ? [property.Value.GetString()!]
            : Texts(property.Value, name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(one => Texts(one, name)),
        _ => [],
    };

    [GeneratedRegex("fanout_[a-z0-9_]+")]
    private static partial Regex PrometheusWord();

    [GeneratedRegex("name = \"([a-z.]+)\"")]
    private static partial Regex NameInTraceQl();

    [GeneratedRegex("span\\.([a-z_.]+)")]
    private static partial Regex AttributeInTraceQl();

    [GeneratedRegex("\\| where name (== \"[^\"]+\"|in \\([^)]+\\))")]
    private static partial Regex NameFilter();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex QuotedName();

    [GeneratedRegex("customDimensions\\[\"([^\"]+)\"\\]")]
    private static partial Regex Dimension();

    [GeneratedRegex("\"fanout\\.[a-z_.]+\"")]
    private static partial Regex Word();
}
