using Fanout.Orchestration;

namespace Fanout.Simulation;

/// <summary>Orchestrators and activities that carry out workloads.</summary>
internal static class WorkloadOrchestrators
{
    public static OrchestrationRegistry Register(TimeProvider clock, Random random) => new OrchestrationRegistry()
        .AddOrchestrator<Workload, long>("work", RunAsync)
        .AddOrchestrator<Workload, long>("failing", async (context, work) => throw new FormatException($"{await RunAsync(context, work)}"))
        .AddOrchestrator<Loop, long>("loop", LoopAsync)
        .AddOrchestrator<Talk, int>("talk", TalkAsync)
        .AddOrchestrator<int, long>("listen", ListenAsync)
        .AddOrchestrator<Collect, long>("collect", CollectAsync)
        .AddActivity<int, long>("activity", async (context, n) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100) * n), clock, context.Stopping);
            return WorkloadModel.ActivityResult(n);
        })
        .AddActivity<int, long>("failing", async (context, n) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100) * n), clock, context.Stopping);
            throw new FormatException("as ordered");
        });

    private static async Task<long> RunAsync(IOrchestrationContext context, Workload work)
    {
        switch (work.Kind)
        {
            case WorkKind.Activity:
                return await context.CallActivityAsync<long>("activity", work.N);
            case WorkKind.FailingActivity:
                return await CatchAsync(context.CallActivityAsync<long>("failing", work.N), 3);
            case WorkKind.Timer:
                await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(work.N), CancellationToken.None);
                return 5;
            case WorkKind.CancelledTimer:
                return await RaceAsync(context, work.N);
            case WorkKind.Talk:
                return await StartTalkAsync(context, work.N);
            case WorkKind.Sequence:
                var sum = 0L;
                foreach (var child in work.Children)
                    sum = WorkloadModel.Mix(sum, await RunAsync(context, child));
                return sum;
            case WorkKind.Parallel:
                var all = await Task.WhenAll(work.Children.Select(child => RunAsync(context, child)));
                return all.Aggregate(0L, WorkloadModel.Mix);
            case WorkKind.Sub:
                return await context.CallSubOrchestratorAsync<long>("work", work.Children[0]);
            case WorkKind.FailingSub:
                return await CatchAsync(context.CallSubOrchestratorAsync<long>("failing", work.Children[0]), 11);
            default:
                return await context.CallSubOrchestratorAsync<long>("loop", new Loop(work.Children[0], work.N, 0));
        }
    }

    private static async Task<long> CatchAsync(Task<long> task, long result)
    {
        try
        {
            return await task;
        }
        catch (TaskFailedException e) when (e.Failure.ErrorType == typeof(FormatException).FullName)
        {
            return result;
        }
    }

    private static async Task<long> RaceAsync(IOrchestrationContext context, int n)
    {
        using var cancel = new CancellationTokenSource();
        var activity = context.CallActivityAsync<long>("activity", n);
        var timer = context.CreateTimer(context.CurrentUtcDateTime.AddDays(1000), cancel.Token);
        var first = await Task.WhenAny(activity, timer);
        cancel.Cancel();
        return WorkloadModel.Mix(await activity, first == activity && timer.IsCanceled ? 7 : 0);
    }

    private static async Task<long> StartTalkAsync(IOrchestrationContext context, int n)
    {
        var listener = $"listener-{context.NewGuid():N}";
        var heard = context.CallSubOrchestratorAsync<long>("listen", n, listener);
        await context.CallSubOrchestratorAsync<int>("talk", new Talk(listener, n));
        return await heard;
    }

    private static async Task<int> TalkAsync(IOrchestrationContext context, Talk talk)
    {
        for (var i = 1; i <= talk.Words; i++)
        {
            context.SendEvent(talk.Listener, "word", i);
            if (i % 2 == 0)
                await context.CallActivityAsync<long>("activity", 1);
        }

        return talk.Words;
    }

    private static async Task<long> ListenAsync(IOrchestrationContext context, int words)
    {
        var sum = 0L;
        for (var i = 0; i < words; i++)
            sum = WorkloadModel.Mix(sum, await context.WaitForExternalEvent<int>("word"));
        return sum;
    }

    /// <summary>
    /// Every other execution begins with tasks that nobody awaits: what they come to must not be taken for a task of the next execution,
    /// which has the same number.
    /// </summary>
    private static async Task<long> LoopAsync(IOrchestrationContext context, Loop loop)
    {
        if (loop.Times % 2 == 0)
        {
            _ = context.CallActivityAsync<long>("activity", 100);
            _ = context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(100), CancellationToken.None);
        }

        var sum = WorkloadModel.Mix(loop.Sum, await RunAsync(context, loop.Body));
        if (loop.Times > 1)
            context.ContinueAsNew(loop with { Times = loop.Times - 1, Sum = sum });
        return sum;
    }

    /// <summary>Takes events from outside, two an execution, so that others wait over the next one's beginning.</summary>
    private static async Task<long> CollectAsync(IOrchestrationContext context, Collect collect)
    {
        for (var i = 0; i < 2 && collect.Missing > 0; i++)
        {
            var number = await context.WaitForExternalEvent<int>("number");
            collect = new Collect(collect.Missing - 1, WorkloadModel.Mix(collect.Sum, number));
            await context.CallActivityAsync<long>("activity", 1);
        }

        if (collect.Missing > 0)
            context.ContinueAsNew(collect);
        return collect.Sum;
    }

    internal sealed record Loop(Workload Body, int Times, long Sum);

    internal sealed record Talk(string Listener, int Words);

    internal sealed record Collect(int Missing, long Sum);
}
