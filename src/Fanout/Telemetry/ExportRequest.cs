namespace Fanout.Telemetry;

/// <summary>
/// Which signals are to be exported over OTLP, as OpenTelemetry's own environment variables say
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). With none of them set, none.
/// </summary>
/// <param name="Traces">Spans.</param>
/// <param name="Metrics">Metrics.</param>
/// <param name="Logs">Log records.</param>
public readonly record struct ExportRequest(bool Traces, bool Metrics, bool Logs)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Anything at all.</summary>
    public bool IsAny => Traces || Metrics || Logs;

    /// <summary>All of it.</summary>
    public bool IsAll => Traces && Metrics && Logs;

    /// <summary>
    /// Reads them: a signal is exported if <c>OTEL_{TRACES,METRICS,LOGS}_EXPORTER</c> is <c>otlp</c>, or is not set while <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, or
    /// <c>OTEL_EXPORTER_OTLP_{TRACES,METRICS,LOGS}_ENDPOINT</c>, is; and nothing is if <c>OTEL_SDK_DISABLED</c> is <c>true</c>. An exporter that Fanout does not have
    /// exports nothing.
    /// </summary>
    /// <param name="variable">Environment variables.</param>
    public static ExportRequest Read(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return "true".Equals(variable("OTEL_SDK_DISABLED"), StringComparison.OrdinalIgnoreCase)
            ? default
            : new ExportRequest(IsWanted("TRACES"), IsWanted("METRICS"), IsWanted("LOGS"));

        bool IsWanted(string signal) => variable($"OTEL_{signal}_EXPORTER") is { Length: > 0 } exporters
            ? exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase)
            : IsSet(Endpoint) || IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");

        bool IsSet(string name) => !string.IsNullOrEmpty(variable(name));
    }
}
