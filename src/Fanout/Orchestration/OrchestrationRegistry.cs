namespace Fanout.Orchestration;

/// <summary>The orchestrators and activities an engine can run, by name. Fill it, then hand it to an engine.</summary>
public sealed class OrchestrationRegistry
{
    private readonly Dictionary<string, OrchestratorDefinition> _orchestrators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivityDefinition> _activities = new(StringComparer.Ordinal);

    /// <summary>The orchestrators by name.</summary>
    public IReadOnlyDictionary<string, OrchestratorDefinition> Orchestrators => _orchestrators;

    /// <summary>The activities by name.</summary>
    public IReadOnlyDictionary<string, ActivityDefinition> Activities => _activities;

    /// <summary>Adds an orchestrator.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public OrchestrationRegistry AddOrchestrator<TInput, TOutput>(string name, Func<IOrchestrationContext, TInput, Task<TOutput>> run)
    {
        _orchestrators.Add(name, new OrchestratorDefinition(
            name, typeof(TInput), async (context, input) => await run(context, (TInput)input!)));
        return this;
    }

    /// <summary>Adds an activity.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public OrchestrationRegistry AddActivity<TInput, TOutput>(string name, Func<ActivityContext, TInput, Task<TOutput>> run)
    {
        _activities.Add(name, new ActivityDefinition(
            name, typeof(TInput), async (context, input) => await run(context, (TInput)input!)));
        return this;
    }
}

/// <summary>An orchestrator without its types. <paramref name="Run"/> must be awaited without leaving the engine's thread: it is deterministic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="InputType">What its input is read as.</param>
/// <param name="Run">Runs it.</param>
public sealed record OrchestratorDefinition(string Name, Type InputType, Func<IOrchestrationContext, object?, Task<object?>> Run);

/// <summary>An activity without its types.</summary>
/// <param name="Name">Its name.</param>
/// <param name="InputType">What its input is read as.</param>
/// <param name="Run">Runs it.</param>
public sealed record ActivityDefinition(string Name, Type InputType, Func<ActivityContext, object?, Task<object?>> Run);

/// <summary>What an activity may know of its call.</summary>
/// <param name="Name">The activity.</param>
/// <param name="InstanceId">The orchestration that called it.</param>
/// <param name="Stopping">Cancelled when the host is stopping: finish soon, a result returned in the grace period is still recorded.</param>
public sealed record ActivityContext(string Name, string InstanceId, CancellationToken Stopping)
{
    /// <summary>
    /// Grows whenever another process takes the orchestration over, so that what an execution writes can be told from what one before it
    /// still writes. Default: 0, the engine cannot tell.
    /// </summary>
    public long Epoch { get; init; }
}
