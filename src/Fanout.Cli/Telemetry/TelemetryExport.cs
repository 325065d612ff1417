using Fanout.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fanout.Cli.Telemetry;

/// <summary>Spans, metrics and logs on their way to a collector. Everything of OpenTelemetry is touched here, and nothing of it is loaded without being asked for.</summary>
internal sealed class TelemetryExport : IDisposable
{
    // What handlers, their HTTP calls, storage and the runtime tell of themselves, beside Fanout.
    private static readonly string[] Sources = [FanoutTelemetry.Name, "System.Net.Http", "Azure.*"];
    private static readonly string[] Meters = [FanoutTelemetry.Name, "System.Net.Http", "System.Runtime"];
    private static readonly string[] ServerMeters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly OpenTelemetrySdk _sdk;
    private readonly bool _logs;

    private TelemetryExport(OpenTelemetrySdk sdk, bool logs)
    {
        _sdk = sdk;
        _logs = logs;
    }

    /// <summary>Begins to export.</summary>
    /// <param name="request">What.</param>
    /// <param name="program">What the service is called, if <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> do not say.</param>
    /// <param name="version">Its version.</param>
    /// <param name="isServer">True: it answers requests, and tells of them.</param>
    /// <param name="variable">Environment variables: those of OpenTelemetry are read by it.</param>
    public static TelemetryExport Begin(ExportRequest request, string program, string version, bool isServer, Func<string, string?> variable)
    {
        var sdk = OpenTelemetrySdk.Create(telemetry =>
        {
            telemetry.Services.AddSingleton<IConfiguration>(new ConfigurationRoot([new VariableSettings(variable)]));
            telemetry.ConfigureResource(resource => Name(resource, program, version, variable));
            if (request.Traces)
                telemetry.WithTracing(traces => Add(traces, isServer, variable));
            if (request.Metrics)
            {
                telemetry.WithMetrics(metrics => metrics.AddMeter(isServer ? [.. Meters, .. ServerMeters] : Meters)
                    .AddOtlpExporter(options => OtlpSettings.Apply(options, "METRICS", variable)));
            }

            if (request.Logs)
                telemetry.WithLogging(logs => logs.AddOtlpExporter(options => OtlpSettings.Apply(options, "LOGS", variable)), options => (options.IncludeScopes, options.IncludeFormattedMessage) = (true, true));
        });
        return new TelemetryExport(sdk, request.Logs);
    }

    /// <summary>Sends what is logged along, from informative up; the other providers go on as they were.</summary>
    /// <param name="logging">The program's logging.</param>
    public void AddTo(ILoggingBuilder logging)
    {
        if (!_logs)
            return;
        logging.AddProvider(new SharedLoggerProvider(_sdk.GetLoggerFactory()));
        logging.AddFilter<SharedLoggerProvider>(null, LogLevel.Information);
        // A line for each request says less than its span.
        logging.AddFilter<SharedLoggerProvider>("Microsoft.AspNetCore", LogLevel.Warning);
        logging.Services.Configure<LoggerFilterOptions>(options => options.MinLevel = options.MinLevel < LogLevel.Information ? options.MinLevel : LogLevel.Information);
    }

    /// <summary>Sends what has gathered, for at most five seconds a signal.</summary>
    public void Dispose() => _sdk.Dispose();

    private static void Add(TracerProviderBuilder traces, bool isServer, Func<string, string?> variable)
    {
        traces.AddSource(Sources).AddOtlpExporter(options => OtlpSettings.Apply(options, "TRACES", variable));
        if (isServer)
            traces.AddAspNetCoreInstrumentation();
    }

    // The SDK reads both variables itself, and what is said here would outweigh them.
    private static void Name(ResourceBuilder resource, string program, string version, Func<string, string?> variable)
    {
        var isNamed = !string.IsNullOrEmpty(variable("OTEL_SERVICE_NAME")) || variable("OTEL_RESOURCE_ATTRIBUTES")?.Contains("service.name=", StringComparison.Ordinal) == true;
        if (isNamed)
            resource.AddAttributes([new("service.version", version)]);
        else
            resource.AddService(program, serviceVersion: version);
    }
}
