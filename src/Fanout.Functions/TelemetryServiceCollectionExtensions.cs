using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Fanout.Functions;

/// <summary>Where traces, metrics and logs go.</summary>
internal static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// OpenTelemetry, as the host does with <c>telemetryMode</c> in <c>host.json</c>: to Application Insights if
    /// <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set, as the app's identity, and to a collector if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration settings)
    {
        var telemetry = services.AddOpenTelemetry().UseFunctionsWorkerDefaults();
        if (!string.IsNullOrEmpty(settings["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
            telemetry.UseAzureMonitorExporter(options => options.Credential = new DefaultAzureCredential());
        if (!string.IsNullOrEmpty(settings["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            telemetry.UseOtlpExporter();
        return services;
    }
}
