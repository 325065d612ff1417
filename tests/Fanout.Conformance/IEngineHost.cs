using Fanout.Orchestration;

namespace Fanout.Conformance;

/// <summary>An engine under test, over state that outlives a crash of it.</summary>
public interface IEngineHost : IAsyncDisposable
{
    /// <summary>The engine that runs now.</summary>
    IOrchestrationClient Client { get; }

    /// <summary>Ends the engine without letting it finish or record anything more.</summary>
    Task CrashAsync();

    /// <summary>Starts an engine with that code over the same state, and lets it go on with these roots.</summary>
    Task RestartAsync(OrchestrationRegistry registry, params string[] rootInstanceIds);
}
