namespace Fanout.Orchestration;

/// <summary>An activity or sub-orchestration failed. The failure is data: the type it had elsewhere is only a name here.</summary>
/// <param name="taskName">The activity or orchestrator.</param>
/// <param name="failure">What failed.</param>
public sealed class TaskFailedException(string taskName, FailureDetails failure)
    : Exception($"Task '{taskName}' failed with {failure.ErrorType}: {failure.ErrorMessage}")
{
    /// <summary>The activity or orchestrator.</summary>
    public string TaskName { get; } = taskName;

    /// <summary>What failed.</summary>
    public FailureDetails Failure { get; } = failure;
}

/// <summary>A failure as data.</summary>
/// <param name="ErrorType">Name of the exception's type.</param>
/// <param name="ErrorMessage">Its message.</param>
public sealed record FailureDetails(string ErrorType, string ErrorMessage);
