using System.Globalization;
using OpenTelemetry.Exporter;

namespace Fanout.Cli.Telemetry;

/// <summary>What is set for one signal alone: it outweighs what is set for all, which the exporter reads itself.</summary>
internal static class OtlpSettings
{
    /// <summary>Applies <c>OTEL_EXPORTER_OTLP_{signal}_ENDPOINT</c>, <c>_PROTOCOL</c>, <c>_HEADERS</c> and <c>_TIMEOUT</c>.</summary>
    /// <param name="options">The exporter's, with what is set for all.</param>
    /// <param name="signal"><c>TRACES</c>, <c>METRICS</c> or <c>LOGS</c>.</param>
    /// <param name="variable">Environment variables.</param>
    public static void Apply(OtlpExporterOptions options, string signal, Func<string, string?> variable)
    {
        if (Of("PROTOCOL") is { } protocol)
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        // Unlike the one for all it is taken as it is, with no path added.
        if (Of("ENDPOINT") is { } endpoint && Uri.TryCreate(endpoint, UriKind.Absolute, out var url))
            options.Endpoint = url;
        if (Of("HEADERS") is { } headers)
            options.Headers = headers;
        if (int.TryParse(Of("TIMEOUT"), CultureInfo.InvariantCulture, out var milliseconds))
            options.TimeoutMilliseconds = milliseconds;

        string? Of(string setting) => variable($"OTEL_EXPORTER_OTLP_{signal}_{setting}") is { Length: > 0 } value ? value : null;
    }
}
