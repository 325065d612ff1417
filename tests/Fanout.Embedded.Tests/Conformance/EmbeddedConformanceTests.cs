using Fanout.Conformance;
using Fanout.Embedded.Stores;
using Fanout.Embedded.Tests.Stores;
using Fanout.Orchestration;

namespace Fanout.Embedded.Tests.Conformance;

public sealed class InMemoryConformanceTests : TransactionalEngineConformance
{
    protected override Task<IEngineHost> StartAsync(OrchestrationRegistry registry) =>
        Task.FromResult<IEngineHost>(new EmbeddedEngineHost(EmbeddedStorage.InMemory(), new EmbeddedEngineOptions(), registry));
}

public sealed class SqliteConformanceTests : TransactionalEngineConformance
{
    protected override Task<IEngineHost> StartAsync(OrchestrationRegistry registry)
    {
        var home = Directory.CreateTempSubdirectory("fanout-").FullName;
        return Task.FromResult<IEngineHost>(new EmbeddedEngineHost(EmbeddedStorage.Open(home), new EmbeddedEngineOptions(), registry));
    }
}

/// <summary>With no orchestrator kept in memory, every turn replays all turns before it.</summary>
public sealed class ReplayEveryTurnConformanceTests : TransactionalEngineConformance
{
    protected override Task<IEngineHost> StartAsync(OrchestrationRegistry registry) => Task.FromResult<IEngineHost>(
        new EmbeddedEngineHost(EmbeddedStorage.InMemory(), new EmbeddedEngineOptions { MaxLiveOrchestrators = 0 }, registry));
}

/// <summary>With every payload exchanged for a claim check, and histories read back at every turn.</summary>
public sealed class ClaimCheckConformanceTests : TransactionalEngineConformance
{
    protected override Task<IEngineHost> StartAsync(OrchestrationRegistry registry)
    {
        var payloads = new HeldPayloads();
        return Task.FromResult<IEngineHost>(new EmbeddedEngineHost(
            EmbeddedStorage.InMemory(), new EmbeddedEngineOptions { MaxLiveOrchestrators = 0 }, registry,
            store => new ClaimCheckStore(store, new ClaimCheck(payloads, maxInlineBytes: 0))));
    }
}
