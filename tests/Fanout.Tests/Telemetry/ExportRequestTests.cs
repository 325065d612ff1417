using Fanout.Telemetry;
using Xunit;

namespace Fanout.Tests.Telemetry;

public sealed class ExportRequestTests
{
    [Theory]
    [InlineData("", false, false, false)]
    [InlineData("OTEL_SERVICE_NAME=x", false, false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", true, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_TRACES_EXPORTER=none", false, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none", true, false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_SDK_DISABLED=TRUE", false, false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4318/v1/metrics", false, true, false)]
    [InlineData("OTEL_LOGS_EXPORTER=otlp", false, false, true)]
    [InlineData("OTEL_TRACES_EXPORTER=console,otlp", true, false, false)]
    [InlineData("OTEL_TRACES_EXPORTER=zipkin OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", false, true, true)]
    public void Variables_SayWhatIsExported(string variables, bool traces, bool metrics, bool logs)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]);
        Assert.Equal(new ExportRequest(traces, metrics, logs), ExportRequest.Read(set.GetValueOrDefault));
    }
}
