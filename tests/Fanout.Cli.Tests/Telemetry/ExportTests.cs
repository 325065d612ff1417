using Fanout.Cli.Tests.Processes;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fanout.Cli.Tests.Telemetry;

/// <summary>OpenTelemetry's environment variables, as the command line obeys them.</summary>
public sealed class ExportTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-export-");
    private readonly Collector _collector = Collector.Start();

    public void Dispose()
    {
        _collector.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Endpoint_GetsSpansMetricsAndLogs()
    {
        await RunAsync("all", ("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "nightly"), ("OTEL_EXPORTER_OTLP_HEADERS", "x-test=yes"), ("TRACEPARENT", $"00-{TraceId}-b7ad6b7169203331-01"));
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], _collector.Paths);
        Assert.Equal(["yes"], _collector.Headers);
        var spans = _collector.Sent("/v1/traces");
        foreach (var name in (string[])[SpanNames.Command, SpanNames.Run, SpanNames.Branch, SpanNames.Batch, SpanNames.Item, SpanNames.Handler, SpanNames.Commit])
            Assert.Contains(name, spans, StringComparison.Ordinal);
        Assert.Contains("nightly", spans, StringComparison.Ordinal);
        Assert.Contains(System.Text.Encoding.Latin1.GetString(Convert.FromHexString(TraceId)), spans, StringComparison.Ordinal);
        foreach (var name in (string[])[MetricNames.Items, MetricNames.ItemDuration, MetricNames.HistoryLength, MetricNames.CommitSize])
            Assert.Contains(name, _collector.Sent("/v1/metrics"), StringComparison.Ordinal);
        var logs = _collector.Sent("/v1/logs");
        Assert.Contains("handled {Item}", logs, StringComparison.Ordinal);
        Assert.Contains(AttributeNames.ItemIndex, logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalThatIsTurnedOff_IsNotSent()
    {
        await RunAsync("some", ("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none"));
        Assert.Equal(["/v1/metrics"], _collector.Paths);
        // A service that nobody names is called as the program is.
        Assert.DoesNotContain("unknown_service", _collector.Sent("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndpointOfOneSignal_IsThatSignalsAlone()
    {
        await RunAsync("traces", ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{_collector.Url}/mine"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"));
        Assert.Equal(["/mine"], _collector.Paths);
    }

    [Fact]
    public async Task Nothing_IsSentToACollectorThatIsDisabled()
    {
        await RunAsync("none", ("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SDK_DISABLED", "true"));
        Assert.Empty(_collector.Paths);
    }

    /// <summary>What a process has mapped says what it has loaded.</summary>
    [Fact]
    public async Task WithoutVariables_NothingOfOpenTelemetryIsLoaded()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.Equal(0, await CountLoadedAsync(new Dictionary<string, string>()));
        Assert.True(await CountLoadedAsync(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" }) > 0);
    }

    private async Task<int> CountLoadedAsync(Dictionary<string, string> variables)
    {
        var home = Path.Combine(_directory.FullName, $"loaded{variables.Count}");
        var exit = await AppProcess.RunAsync(
            AppProcess.Fanout,
            ["run", "--id", "r", "--home", home, "--range", "0..1", "--reduce", "sum", "--json", "--", "sh", "-c", "grep -c OpenTelemetry /proc/$PPID/maps || true"],
            variables);
        return System.Text.Json.JsonElement.Parse(exit.AssertCode(0).Output).GetProperty("reduced").GetInt32();
    }

    private async Task RunAsync(string id, params (string Name, string Value)[] variables)
    {
        var set = variables.ToDictionary(one => one.Name, one => one.Value);
        string[] args = ["run", "--id", id, "--home", _directory.FullName, "--range", "0..3", "--handler", "say", "--quiet", "--json"];
        var exitCode = await FanoutApp.RunAsync(
            args,
            fanout => fanout.AddHandler<int, int>("say", (item, context, _) =>
            {
                if (context.Logger.IsEnabled(LogLevel.Information))
                    context.Logger.LogInformation("handled {Item}", item);
                return ValueTask.FromResult(item);
            }),
            set.GetValueOrDefault);
        Assert.Equal(0, exitCode);
    }
}
