using System.Text.Json;
using Fanout.Orchestration;

namespace Fanout.Embedded.Execution;

/// <summary>A task of the context that has not completed.</summary>
internal abstract class OpenTask
{
    public abstract void Complete(string? json);

    public abstract void Fail(FailureDetails failure);

    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <inheritdoc cref="OpenTask"/>
/// <typeparam name="T">What the JSON is read as.</typeparam>
/// <param name="name">The activity, orchestrator or event, for error messages.</param>
internal sealed class OpenTask<T>(string name) : OpenTask
{
    private readonly TaskCompletionSource<T> _source = new();

    public Task<T> Task => _source.Task;

    public override void Complete(string? json)
    {
        T value;
        try
        {
            value = PayloadJson.Read<T>(json)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            TurnSynchronizationContext.Complete(() => _source.TrySetException(
                new InvalidOperationException($"The result of '{name}' cannot be read as {typeof(T).Name}: {e.Message}", e)));
            return;
        }

        TurnSynchronizationContext.Complete(() => _source.TrySetResult(value));
    }

    public override void Fail(FailureDetails failure) =>
        TurnSynchronizationContext.Complete(() => _source.TrySetException(new TaskFailedException(name, failure)));

    public override void Cancel(CancellationToken cancellationToken) =>
        TurnSynchronizationContext.Complete(() => _source.TrySetCanceled(cancellationToken));
}
