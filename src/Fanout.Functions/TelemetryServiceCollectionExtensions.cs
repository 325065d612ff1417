using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Fanout.Telemetry;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Fanout.Functions;

/// <summary>Where traces, metrics and logs go.</summary>
internal static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// OpenTelemetry, as the host does with <c>telemetryMode</c> in <c>host.json</c>: to Application Insights if
    /// <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set, as the app's identity, and to a collector if OpenTelemetry's own variables say so
    /// (<see cref="ExportRequest"/>).
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration settings)
    {
        var telemetry = services.AddOpenTelemetry().UseFunctionsWorkerDefaults();
        telemetry.WithTracing(traces => traces.AddSource(FanoutTelemetry.Name, "System.Net.Http"));
        telemetry.WithMetrics(metrics => metrics.AddMeter(FanoutTelemetry.Name));
        if (!string.IsNullOrEmpty(settings["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
            telemetry.UseAzureMonitorExporter(options => options.Credential = new DefaultAzureCredential());
        AddCollector(telemetry, ExportRequest.Read(name => settings[name]));
        return services;
    }

    // All of it at once, the exporter also reads what is set for one signal alone.
    private static void AddCollector(IOpenTelemetryBuilder telemetry, ExportRequest request)
    {
        if (request.IsAll)
        {
            telemetry.UseOtlpExporter();
            return;
        }

        if (request.Traces)
            telemetry.WithTracing(traces => traces.AddOtlpExporter());
        if (request.Metrics)
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
        if (request.Logs)
            telemetry.WithLogging(logs => logs.AddOtlpExporter());
    }
}
