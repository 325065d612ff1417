using Fanout.Conformance;
using Fanout.Orchestration;

namespace Fanout.Functions.Tests.Engine;

/// <summary>Durable Task keeps what Fanout needs an engine to promise, through the adapters.</summary>
[Xunit.Trait("Category", "Azurite")]
public sealed class DurableConformanceTests : EngineConformance
{
    protected override Task<IEngineHost> StartAsync(OrchestrationRegistry registry) => DurableTaskHost.StartAsync(registry);
}
