using System.Diagnostics.Metrics;
using Fanout.Cli.Tests.Telemetry;
using Fanout.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fanout.Functions.Tests;

/// <summary>OpenTelemetry's own settings, as the app obeys them.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly Collector _collector = Collector.Start();

    public void Dispose() => _collector.Dispose();

    [Fact]
    public async Task Endpoint_GetsSpansMetricsAndLogs()
    {
        await TellAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Url));
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], _collector.Paths);
        Assert.Contains(SpanNames.Run, _collector.Sent("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains(MetricNames.Items, _collector.Sent("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("It works.", _collector.Sent("/v1/logs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalThatIsTurnedOff_IsNotSent()
    {
        await TellAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Url), ("OTEL_METRICS_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none"));
        Assert.Equal(["/v1/traces"], _collector.Paths);
        Assert.Contains(SpanNames.Run, _collector.Sent("/v1/traces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutSettings_NothingIsSent()
    {
        await TellAsync();
        Assert.Empty(_collector.Paths);
    }

    // A span, a measurement and a log record, of an app that ends.
    private static async Task TellAsync(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Append(("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")).ToDictionary(setting => setting.Item1, string? (setting) => setting.Item2));
        builder.Services.AddTelemetry(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();
        FanoutTelemetry.Source.StartActivity(SpanNames.Run)?.Dispose();
        using var meter = new Meter(FanoutTelemetry.Name);
        meter.CreateCounter<long>(MetricNames.Items).Add(1);
        host.Services.GetRequiredService<ILogger<TelemetryTests>>().LogWarning("It works.");
        await host.StopAsync();
    }
}
