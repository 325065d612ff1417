using System.Text.Json;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Orchestration;

namespace Fanout.Embedded.Driving;

/// <summary>One run of an activity, from its slot to its result in the instance's mail.</summary>
internal static class ActivityRun
{
    /// <param name="engine">The engine.</param>
    /// <param name="instance">Who called it.</param>
    /// <param name="execution">The execution that called it.</param>
    /// <param name="task">The call.</param>
    /// <param name="stopping">Cancelled when the host is stopping or the result is not wanted any more.</param>
    public static async Task RunAsync(
        EngineParts engine, InstanceDriver instance, int execution, TaskScheduled task, CancellationToken stopping)
    {
        try
        {
            await engine.ActivitySlots.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        TaskEvent? result;
        try
        {
            var context = new ActivityContext(task.Name, instance.Identity.Id, stopping) { Epoch = instance.Epoch };
            result = await CallAsync(engine.Registry, context, task);
        }
        finally
        {
            engine.ActivitySlots.Release();
        }

        if (result is not null)
            instance.Enqueue(new Mail(null, execution, result));
    }

    /// <summary>Null: it gave up because it was told to stop. It stays pending and runs again when its tree is driven again.</summary>
    private static async Task<TaskEvent?> CallAsync(OrchestrationRegistry registry, ActivityContext context, TaskScheduled task)
    {
        if (!registry.Activities.TryGetValue(task.Name, out var definition))
            return new TaskFailed(task.TaskId, Failures.ActivityNotRegistered(task.Name));
        try
        {
            var input = ReadInput(definition, task.Input);
            var result = await definition.Run(context, input);
            return new TaskCompleted(task.TaskId, PayloadJson.Write(result));
        }
        catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return new TaskFailed(task.TaskId, Failures.Of(e));
        }
    }

    private static object? ReadInput(ActivityDefinition definition, string? json)
    {
        try
        {
            return PayloadJson.Read(json, definition.InputType);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidOperationException(
                $"The input of activity '{definition.Name}' cannot be read as {definition.InputType.Name}: {e.Message}", e);
        }
    }
}
