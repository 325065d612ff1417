using System.Globalization;
using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Embedded.Tests.Execution;

public sealed class OrchestrationExecutionTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly ReceivedEvent Start = new ExecutionStarted("2");
    private int _foreign;

    [Fact]
    public void Turn_ReturnsWhatTheCodeDecidedInOrder()
    {
        var execution = Execution<int>(async (context, x) =>
        {
            var activity = context.CallActivityAsync<int>("work", x);
            var timer = context.CreateTimer(Now.AddSeconds(1), default);
            context.SendEvent("b", "e", x);
            var child = context.CallSubOrchestratorAsync<int>("child", x);
            await Task.WhenAll(activity, timer, child);
            return await activity;
        });

        var turn = execution.Run(Now, [Start], []);

        Assert.Equal(
            [
                new TurnStarted(Now),
                new TaskScheduled(1, "work", "2"),
                new TimerCreated(2, Now.AddSeconds(1)),
                new EventSent("b", "e", "2"),
                new SubOrchestrationCreated(3, "child", "a:0.3", "2"),
            ],
            turn!.Events);
        Assert.Null(turn.End);
    }

    [Fact]
    public void EventsOfOneTurn_AreHandedOverOneByOne()
    {
        var order = new List<string>();
        var execution = Execution<int>(async (context, _) =>
        {
            var first = NoteAsync(context.CallActivityAsync<string>("x"));
            var second = NoteAsync(context.CallActivityAsync<string>("x"));
            await Task.WhenAll(first, second);
            return 0;

            async Task NoteAsync(Task<string> task)
            {
                order.Add(await task);
                context.SendEvent("b", order[^1], null);
            }
        });
        execution.Run(Now, [Start], []);

        var turn = execution.Run(Now, [], [new TaskCompleted(2, "\"second\""), new TaskCompleted(1, "\"first\"")]);

        Assert.Equal(["second", "first"], order);
        Assert.Equal(
            [
                new TurnStarted(Now), new TaskCompleted(2, "\"second\""), new TaskCompleted(1, "\"first\""),
                new EventSent("b", "second", null), new EventSent("b", "first", null), new ExecutionCompleted("0"),
            ],
            turn!.Events);
    }

    [Fact]
    public void ResultOfATaskThatIsNotOpen_IsNoTurn()
    {
        var execution = Execution<int>((context, _) => context.CallActivityAsync<int>("work"));
        execution.Run(Now, [Start], []);

        Assert.Null(execution.Run(Now, [], [new TaskCompleted(7, "1"), new TimerFired(1 << 20)]));
    }

    [Fact]
    public void SecondResultOfATask_IsIgnored()
    {
        var execution = Execution<int>(async (context, _) =>
            await context.CallActivityAsync<int>("a") + await context.CallActivityAsync<int>("b"));
        execution.Run(Now, [Start], []);

        var turn = execution.Run(Now, [], [new TaskCompleted(1, "1"), new TaskCompleted(1, "5")]);

        Assert.Equal([new TurnStarted(Now), new TaskCompleted(1, "1"), new TaskScheduled(2, "b", null)], turn!.Events);
    }

    [Fact]
    public void Replay_LeavesTheCodeWhereItsHistorySays()
    {
        Func<IOrchestrationContext, int, Task<int>> code = async (context, x) =>
        {
            x = await context.CallActivityAsync<int>("first", x);
            return await context.CallActivityAsync<int>("second", x);
        };
        var live = Execution(code);
        List<HistoryEvent> history = [Start];
        history.AddRange(live.Run(Now, [Start], [])!.Events);
        history.AddRange(live.Run(Now, [], [new TaskCompleted(1, "10")])!.Events);

        var replayed = Execution(code);
        replayed.Replay(history);
        var turn = replayed.Run(Now, [], [new TaskCompleted(2, "20")]);

        Assert.Equal(new ExecutionCompleted("20"), turn!.End);
    }

    [Fact]
    public void ConfigureAwaitFalse_StaysOnTheTurn()
    {
        var thread = Environment.CurrentManagedThreadId;
        var seen = new List<int>();
        var execution = Execution<int>(async (context, _) =>
        {
            for (var i = 0; i < 2; i++)
            {
                await context.CallActivityAsync<int>("work").ConfigureAwait(false);
                seen.Add(Environment.CurrentManagedThreadId);
            }

            return 0;
        });
        execution.Run(Now, [Start], []);
        execution.Run(Now, [], [new TaskCompleted(1, "1")]);

        var turn = execution.Run(Now, [], [new TaskCompleted(2, "1")]);

        Assert.Equal(new ExecutionCompleted("0"), turn!.End);
        Assert.Equal([thread, thread], seen);
    }

    [Fact]
    public void Terminate_WinsOverWhatCameWithIt()
    {
        var execution = Execution<int>((context, _) => context.CallActivityAsync<int>("work"));
        execution.Run(Now, [Start], []);

        var turn = execution.Run(Now, [], [new TaskCompleted(1, "1"), new ExecutionTerminated("why")]);

        Assert.Equal([new TurnStarted(Now), new ExecutionTerminated("why")], turn!.Events);
    }

    [Fact]
    public void ContextUsedOutsideATurn_ThrowsAndAsksForATurnThatFails()
    {
        IOrchestrationContext? kept = null;
        var execution = Execution<int>((context, _) =>
        {
            kept = context;
            return context.WaitForExternalEvent<int>("never");
        });
        execution.Run(Now, [Start], []);

        Assert.Throws<InvalidOperationException>(() => kept!.SetCustomStatus(1));

        Assert.Equal(1, _foreign);
        Assert.Equal("ForeignTask", Assert.IsType<ExecutionFailed>(execution.Run(Now, [], [])!.End).Failure.ErrorType);
    }

    [Fact]
    public void InputThatDoesNotFit_FailsTheInstanceAndNamesTheType()
    {
        var turn = Execution<int>((_, x) => Task.FromResult(x)).Run(Now, [new ExecutionStarted("\"text\"")], []);

        Assert.Contains("cannot be read as Int32", Assert.IsType<ExecutionFailed>(turn!.End).Failure.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void ResultThatDoesNotFit_FailsItsTaskAndNamesActivityAndType()
    {
        var execution = Execution<string>(async (context, _) =>
        {
            try
            {
                return (await context.CallActivityAsync<int>("work")).ToString(CultureInfo.InvariantCulture);
            }
            catch (InvalidOperationException failure)
            {
                return failure.Message;
            }
        });
        execution.Run(Now, [Start], []);

        var turn = execution.Run(Now, [], [new TaskCompleted(1, "\"text\"")]);

        Assert.Contains("The result of 'work' cannot be read as Int32", Assert.IsType<ExecutionCompleted>(turn!.End).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownOrchestrator_FailsTheInstanceAndNamesIt()
    {
        var identity = new InstanceIdentity("a", "a", "gone", null);

        var turn = new OrchestrationExecution(identity, 0, null, null, () => { }).Run(Now, [Start], []);

        Assert.Contains("'gone'", Assert.IsType<ExecutionFailed>(turn!.End).Failure.ErrorMessage, StringComparison.Ordinal);
    }

    private OrchestrationExecution Execution<TOutput>(Func<IOrchestrationContext, int, Task<TOutput>> run)
    {
        var definition = new OrchestrationRegistry().AddOrchestrator("test", run).Orchestrators["test"];
        return new OrchestrationExecution(new InstanceIdentity("a", "a", "test", null), 0, definition, null, () => _foreign++);
    }
}
