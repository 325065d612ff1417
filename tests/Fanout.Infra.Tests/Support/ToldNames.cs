using System.Diagnostics.Metrics;
using Fanout.Conformance.Telemetry;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Server.Metrics;
using Fanout.Specs;
using Fanout.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fanout.Infra.Tests.Support;

/// <summary>What a real run tells of itself: the names of its metrics and spans, each with the attributes it has.</summary>
public sealed class ToldNames : IAsyncLifetime
{
    private readonly Dictionary<string, HashSet<string>> _metrics = [];
    private readonly Dictionary<string, HashSet<string>> _spans = [];
    private readonly Dictionary<string, string> _byPrometheus = [];

    /// <summary>Metrics by OpenTelemetry's names, with their attributes.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Metrics => _metrics;

    /// <summary>Spans, with their attributes.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Spans => _spans;

    /// <summary>Prometheus's names of metrics, those of a histogram's parts too, and which metric each is of.</summary>
    public IReadOnlyDictionary<string, string> ByPrometheus => _byPrometheus;

    public async Task InitializeAsync()
    {
        using var spans = new SpanRecorder();
        using var meter = new MeterReader();
        using var published = new MeterListener { InstrumentPublished = (instrument, _) => Publish(instrument) };
        published.Start();
        // While it is under way: what places do is told of places only.
        await RunAsync(() => meter.Observe(MetricNames.Places));
        foreach (var one in _metrics.Keys.SelectMany(meter.Told))
            _metrics[one.Name].UnionWith(one.Tags.Keys);
        foreach (var span in spans.All)
            (_spans.TryGetValue(span.OperationName, out var tags) ? tags : _spans[span.OperationName] = []).UnionWith(span.TagObjects.Select(tag => tag.Key));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private void Publish(Instrument instrument)
    {
        if (instrument.Meter.Name != FanoutTelemetry.Name)
            return;
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var name = PrometheusNames.OfMetric(instrument.Name, instrument.Unit, kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>));
        lock (_metrics)
        {
            _metrics.Add(instrument.Name, []);
            foreach (var part in kind == typeof(Histogram<>) ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : (string[])[name])
                _byPrometheus.Add(part, instrument.Name);
        }
    }

    // An item that fails has attributes that others have not.
    private static async Task RunAsync(Action look)
    {
        var directory = Directory.CreateTempSubdirectory("fanout-dashboards-");
        var services = new ServiceCollection();
        services.AddFanout().AddHandler<int, int>("odd", item =>
        {
            look();
            return item % 2 == 1 ? item : throw new PermanentItemException("even");
        });
        await using (var provider = services.BuildServiceProvider())
        await using (var home = await EmbeddedFanout.OpenAsync(new HomeOptions(directory.FullName), provider))
        {
            var spec = SpecReader.Read("""{ "id": "r", "handler": { "name": "odd" }, "source": { "kind": "range", "start": 0, "end": 2 }, "flow": { "concurrency": 1 } }""", home.Registry);
            await home.Client.StartAsync(spec, CancellationToken.None);
            await home.Driver.DriveAsync("r", CancellationToken.None, CancellationToken.None);
        }

        directory.Delete(recursive: true);
    }
}
